// Changing a name in the same moment as the picture. A slot is one continuous stream: when the server binds another participant to it,
// `slot_bound` carries the RTP timestamp of the first frame that is theirs, and the browser says which frame it shows.

const isAtOrAfter = (timestamp, start) => ((timestamp - start) >>> 0) < 0x80000000;

// Resolves when `video` shows the frame with that RTP timestamp or a later one; where the browser can't tell, with the next frame; and in
// any case after `timeout` ms.
export function whenShown(video, rtpTimestamp, { timeout = 1500 } = {}) {
  if (typeof video.requestVideoFrameCallback !== 'function' || rtpTimestamp === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    let handle;
    const timer = setTimeout(() => {
      video.cancelVideoFrameCallback(handle);
      resolve();
    }, timeout);
    const look = (now, { rtpTimestamp: current }) => {
      if (current === undefined || isAtOrAfter(current, rtpTimestamp)) {
        clearTimeout(timer);
        resolve();
      } else {
        handle = video.requestVideoFrameCallback(look);
      }
    };
    handle = video.requestVideoFrameCallback(look);
  });
}
