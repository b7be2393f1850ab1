// What one call looks like from one tab, as a fold over what the server says: the newest snapshot is the state, events say what is new.
// Pure; `now` is only for countdowns that are shown.

const kAsOf = new Set(['snapshot', 'settled', 'answer', 'attending', 'told']);   // as of a number, not with one of their own
const kClosed = new Set(['completed', 'failed', 'terminated']);

// The wire's names are snake_case, JavaScript's are not.
export function fromWire(value) {
  if (Array.isArray(value)) return value.map(fromWire);
  if (value === null || typeof value !== 'object') return value;
  const name = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), fromWire(inner)]));
}

export const isOver = (view) => view.state !== 'ringing' && view.state !== 'open';
export const ringsFor = (view) => view.you === 'callee' && view.ring === 'ringing' && view.state === 'ringing' && !view.putAway;
const cameToNothing = (view) => view.ring !== 'ringing' && view.ring !== 'accepted';

// What is known of a call when only its details are.
export function viewOfDetails(details, member) {
  const { call, callerMedia, calleeMedia, ...same } = details;
  const you = details.caller.member === member ? 'caller' : 'callee';
  return {
    ...same, call, seq: 0, you, ringLeft: 0, yourTab: null, youInside: false, theyInside: false, busy: false, putAway: false,
    yourMedia: you === 'caller' ? callerMedia : calleeMedia, theirMedia: you === 'caller' ? calleeMedia : callerMedia,
  };
}

// A call that was asked about: its last view, brought up to what the details say.
export function viewAfter(view, { ring, reason, state, left, canRejoin, messageOffered }) {
  const now = { ...view, ring, reason, state, left, canRejoin, messageOffered };
  return isOver(now) ? { ...now, ringLeft: 0, youInside: false, theyInside: false } : now;
}

// input: {type, snapshot} and the fields of its event, in JavaScript's names. `type` is an event's, or `answer` (to a move, with `move` and
// `settled`), `attending` (found on connecting) or `told` (asked for). Returns the new state and the news, [[type, fields]].
export function fold(before, input, { tab, now }) {
  const asOf = kAsOf.has(input.type);
  if (before && !asOf && input.seq <= before.eventSeq) return { state: before, news: [] };

  // What is over stays over, whatever was on its way.
  const newer = !before || (input.snapshot.seq >= before.view.seq && (isOver(input.snapshot) || !isOver(before.view)));
  const view = newer ? input.snapshot : before.view;
  const state = {
    view,
    receivedAt: newer ? now : before.receivedAt,
    eventSeq: asOf ? before?.eventSeq ?? 0 : input.seq,
    rings: ringsFor(view),
    outcome: before?.outcome ?? null,
    // What need not be told any more. A call found as it stands has no past to tell.
    told: before ? { ...before.told } : { answered: view.ring === 'accepted', closed: kClosed.has(view.state) },
    details: input.details ?? before?.details ?? null,
  };
  if (!before && input.type === 'answered') state.told.answered = false;
  if (!before && input.type === 'call_closed') state.told.closed = false;

  const news = [];
  if (state.rings && !before?.rings) news.push(['ring', {}]);
  if (!state.rings && before?.rings) news.push(['ringstopped', { reason: stopReason(view, input, tab) }]);
  tellAnswer(state, input, tab, news);
  tellOutcome(state, before, input, news);
  tellPassing(input, news);
  if (kClosed.has(view.state) && !state.told.closed) {
    state.told.closed = true;
    news.push(['callclosed', { state: view.state, reason: view.reason }]);
  }
  if (!before || !looksSame(before.view, view)) news.push(['changed', {}]);
  return { state, news };
}

function stopReason(view, input, tab) {
  if (input.type === 'ring_stopped') return input.reason;
  if (view.ring === 'accepted') return view.yourTab === tab ? 'answered_here' : 'answered_elsewhere';
  const mine = input.type === 'outcome' || (input.type === 'answer' && !input.settled);
  if (view.ring === 'declined') return mine ? 'declined_here' : 'declined_elsewhere';
  if (view.ring === 'withdrawn') return 'withdrawn';
  if (view.putAway || view.reason === 'dismissed') return 'dismissed';
  return view.reason === 'timeout' ? 'timeout' : 'cancelled';
}

// To the caller, and to the tab that answered.
function tellAnswer(state, input, tab, news) {
  const { view, told } = state;
  if (view.ring !== 'accepted' || told.answered) return;
  told.answered = true;
  if (input.type === 'answered' || view.you === 'caller' || view.yourTab === tab) news.push(['answered', {}]);
}

// To the caller, and to the tab that declined; a connection that was lost in between must not swallow it.
function tellOutcome(state, before, input, news) {
  const { view } = state;
  if (state.outcome || !cameToNothing(view)) return;
  const declinedHere = input.type === 'answer' && input.move === 'decline' && !input.settled;
  if (input.type !== 'outcome' && view.you === 'callee' && !declinedHere) return;
  const { ring, reason, after } = input.type === 'outcome'
    ? input : { ring: view.ring, reason: view.reason, after: view.messageOffered ? 'offer_message' : 'close_dialogs' };
  state.outcome = { ring, reason, after };
  // A call that ended before this page knew it is shown, not announced.
  if (before || input.type === 'outcome' || input.type === 'answer') news.push(['outcome', state.outcome]);
}

function tellPassing(input, news) {
  if (input.type === 'could_not_connect') news.push(['couldnotconnect', { party: input.party }]);
  if (input.type === 'back_in_call') news.push(['backincall', { party: input.party }]);
  if (input.type === 'closing_soon') news.push(['closingsoon', { left: input.left }]);
  if (input.type === 'details' && input.details) news.push(['details', { details: input.details, party: input.party }]);
}

function looksSame(before, after) {
  const fixed = ({ seq, left, ringLeft, ...rest }) => JSON.stringify(rest);
  return fixed(before) === fixed(after);
}
