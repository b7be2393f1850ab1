// How well a call runs, from the browser's statistics: two readings of getStats make figures, figures make dots. Pure.

// What one reading says that matters here. `report`: what getStats resolves with.
export function reading(report) {
  const sum = { at: 0, received: 0, lost: 0, bytesIn: 0, bytesOut: 0, trip: null, theyLose: null, width: 0, height: 0, sentWidth: 0, sentHeight: 0, limited: 'none' };
  for (const stats of report.values()) {
    sum.at = Math.max(sum.at, stats.timestamp ?? 0);
    if (stats.type === 'inbound-rtp') {
      sum.received += stats.packetsReceived ?? 0;
      sum.lost += stats.packetsLost ?? 0;
      sum.bytesIn += stats.bytesReceived ?? 0;
      if (stats.kind === 'video' && stats.frameWidth) Object.assign(sum, { width: stats.frameWidth, height: stats.frameHeight });
    } else if (stats.type === 'outbound-rtp') {
      sum.bytesOut += stats.bytesSent ?? 0;
      if (stats.kind === 'video' && (stats.frameWidth ?? 0) > sum.sentWidth) Object.assign(sum, { sentWidth: stats.frameWidth, sentHeight: stats.frameHeight });
      if (stats.qualityLimitationReason === 'bandwidth') sum.limited = 'bandwidth';
    } else if (stats.type === 'remote-inbound-rtp') {
      if (stats.fractionLost !== undefined) sum.theyLose = Math.max(sum.theyLose ?? 0, stats.fractionLost);
    } else if (stats.type === 'candidate-pair' && stats.nominated && stats.currentRoundTripTime !== undefined) {
      sum.trip = stats.currentRoundTripTime * 1000;
    }
  }
  return sum;
}

// Rates in bits per second, loss as a share, the trip in milliseconds.
export function figures(before, now) {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const received = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  return {
    rateIn: Math.max(0, now.bytesIn - before.bytesIn) * 8 / seconds,
    rateOut: Math.max(0, now.bytesOut - before.bytesOut) * 8 / seconds,
    loss: received + lost > 0 ? lost / (received + lost) : 0,
    lossOut: now.theyLose ?? 0,
    trip: now.trip,
    heard: received,
    width: now.width, height: now.height, sentWidth: now.sentWidth, sentHeight: now.sentHeight, limited: now.limited,
  };
}

// 3 good, 2 fair, 1 poor, 0 nothing arrives though somebody is there.
export function dots({ loss, lossOut, trip, heard }, { someone }) {
  if (someone && heard === 0) return 0;
  const worst = Math.max(loss, lossOut);
  if (worst > 0.08 || (trip ?? 0) > 600) return 1;
  if (worst > 0.02 || (trip ?? 0) > 250) return 2;
  return 3;
}
