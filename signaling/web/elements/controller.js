// Which surface is shown for which state of which call. Pure: `step` takes what was so far and what happened (a person's move, an event of
// the server, a result of the browser) and returns what is so now and what is to be done. Calls come in as plain facts (`factsOf`).
//
// The stage is the one call that this tab is busy with, from the request to its end:
//   starting → choosing → devices → entering → room → over        `elsewhere`: another tab of ours carries it
// Beside it stand the calls that ring here, one dialog, one line of status and one open thread.

const kInside = new Set(['devices', 'entering', 'room']);
const kForGood = new Set(['private_calls_disabled', 'call_expired', 'call_over', 'not_found', 'not_your_move', 'already_inside', 'too_many_devices']);
const kBefore = new Set(['starting', 'choosing', 'devices', 'entering']);

export const initial = () => ({ site: null, stage: null, rings: [], modal: null, status: null, thread: null, tick: 0 });

export function factsOf(call) {
  const { id, you, other, ring, reason, state, over, ringsHere, elsewhere, busy, yourMedia, theirMedia, theyInside, messageOffered, canRejoin } = call;
  return { id, you, other, ring, reason, state, over, ringsHere, elsewhere, busy, yourMedia, theirMedia, theyInside, messageOffered, canRejoin };
}

const inRoom = (stage) => stage?.step === 'room' || stage?.step === 'entering' || stage?.step === 'over';

// What the elements show.
export function surfaces({ site, stage, rings, modal, status, thread }) {
  const inside = inRoom(stage);
  const ring = rings[0] ?? null;
  return {
    caller: stage?.step === 'starting' || stage?.step === 'choosing' ? stage : null,
    devices: stage?.step === 'devices' ? stage : null,
    meeting: inside ? stage : null,
    docked: stage?.step === 'elsewhere' ? stage : null,
    incoming: ring && { ...ring, asBanner: inside, more: rings.length - 1 },
    tone: !ring ? 'none' : stage && stage.step !== 'elsewhere' ? 'soft' : 'ring',
    modal: inside && modal?.kind !== 'refused' ? null : modal,
    status,
    thread,
    canWrite: Boolean(site?.messenger),
  };
}

export function step(model, input) {
  const handler = kHandlers[input.type];
  if (!handler) return { model, effects: [] };
  const effects = [];
  const next = handler(model, input, (effect) => effects.push(effect));
  return { model: next ?? model, effects };
}

const isStage = (model, id) => model.stage !== null && model.stage.call === id;
const withStage = (model, change) => ({ ...model, stage: { ...model.stage, ...change } });
const withoutRing = (model, id) => ({ ...model, rings: model.rings.filter(({ call }) => call !== id) });
const modalOf = (model, id) => model.modal !== null && model.modal.call === id;
const withoutModalOf = (model, id) => (modalOf(model, id) ? { ...model, modal: null } : model);

// A line that goes by itself. The number tells the timer of an older line that it is not meant any more.
function withStatus(model, words, now) {
  const tick = model.tick + 1;
  now({ do: 'status_timer', tick });
  return { ...model, tick, status: { ...words, tick } };
}

function stageOf(facts, change) {
  return { call: facts.id, person: facts.other, you: facts.you, step: 'choosing', media: facts.yourMedia, problem: null, blocked: null,
    accepted: facts.ring === 'accepted', waiting: facts.theyInside, returning: false, banner: null, ...change };
}

// Leaves whatever this tab was in, because something else takes its place.
function quit(model, now) {
  const { stage } = model;
  if (!stage) return model;
  now({ do: 'stop_devices' });
  if (stage.call && stage.step !== 'elsewhere' && stage.step !== 'over') now({ do: 'leave', call: stage.call });
  return { ...model, stage: null };
}

// The stage's call is over or somewhere else: whatever it had open is closed.
function clear(model, now) {
  now({ do: 'stop_devices' });
  return { ...model, stage: null };
}

const person = (facts) => facts.other;

function addRing(model, facts) {
  if (model.rings.some(({ call }) => call === facts.id) || isStage(model, facts.id)) return model;
  return { ...model, rings: [...model.rings, { call: facts.id, person: person(facts), busy: facts.busy }] };
}

const kHandlers = {
  site: (model, { site }) => ({ ...model, site }),

  // --- the caller ----------------------------------------------------------------------------------------------------------------------

  start(model, { person: whom, origin }, now) {
    if (model.stage?.step === 'starting') return model;
    // Somebody who rings here already is answered by the pop-up that stands there.
    if (model.stage && kInside.has(model.stage.step)) return withStatus(model, { kind: 'refused', code: 'caller_busy', person: whom }, now);
    now({ do: 'start', member: whom.member, origin });
    const stage = { call: null, person: whom, you: 'caller', step: 'starting', media: null, problem: null, blocked: null, accepted: false, waiting: false,
      returning: false, banner: null };
    return { ...model, stage, modal: null };
  },

  started(model, { facts, taken }, now) {
    if (model.stage?.step !== 'starting') {
      // Cancelled while the request was on its way.
      now({ do: facts.you === 'caller' ? 'cancel' : 'decline', call: facts.id });
      return model;
    }
    // They are calling at this moment: their call is shown, to be answered.
    if (facts.you === 'callee' && facts.ring === 'ringing') return addRing({ ...model, stage: null }, facts);
    if (taken === 'rejected_busy' || facts.over) return ended({ ...model, stage: stageOf(facts) }, facts, {}, now);
    return { ...model, stage: stageOf(facts, { returning: taken === 'join' }) };
  },

  // The start was refused.
  refused(model, { code, person: whom }, now) {
    const next = model.stage?.step === 'starting' ? { ...model, stage: null } : model;
    if (code === 'aborted') return next;
    return model.site?.messenger && whom && code === 'callee_inactive'
      ? { ...next, modal: { kind: 'refused', code, person: whom, call: null, message: true } }
      : withStatus(next, { kind: 'refused', code, person: whom ?? null }, now);
  },

  choose(model, { media, newTab = false }, now) {
    const { stage } = model;
    if (stage?.step !== 'choosing') return model;
    return newTab ? handOver(model, stage, media, now) : ask(model, stage, media, now, firstMove(stage, media));
  },

  // The browser refused to open a tab: there is a link, and the call goes on here.
  blocked(model, { call, media, url }, now) {
    if (!isStage(model, call)) return model;
    return ask(model, { ...model.stage, blocked: url }, media, now, firstMove(model.stage, media));
  },

  cancel(model, input, now) {
    const { stage } = model;
    if (!stage || !kBefore.has(stage.step)) return model;
    now({ do: 'stop_devices' });
    if (stage.call) now({ do: stage.accepted ? 'leave' : stage.you === 'caller' ? 'cancel' : 'decline', call: stage.call });
    const next = { ...model, stage: null };
    return stage.you === 'caller' && !stage.accepted ? withStatus(next, { kind: 'cancelled' }, now) : next;
  },

  // --- the callee ----------------------------------------------------------------------------------------------------------------------

  ring: (model, { facts }) => (facts.ringsHere ? addRing(model, facts) : model),

  answer(model, { facts, media, newTab = false }, now) {
    if (!model.rings.some(({ call }) => call === facts.id)) return model;
    const next = withoutRing(quit(model, now), facts.id);
    const stage = stageOf(facts, { media });
    return newTab
      ? handOver({ ...next, stage, modal: null }, stage, media, now)
      : ask({ ...next, modal: null }, stage, media, now, { do: 'accept', call: facts.id, media });
  },

  decline(model, { call }, now) {
    const ring = model.rings.find((one) => one.call === call);
    if (!ring) return model;
    now({ do: 'decline', call });
    return { ...withoutRing(model, call), declining: ring };
  },

  dismiss(model, { call }, now) {
    if (!model.rings.some((one) => one.call === call)) return model;
    now({ do: 'dismiss', call });
    return withoutRing(model, call);
  },

  ring_stopped(model, { facts, reason }, now) {
    const wasHere = model.rings.some(({ call }) => call === facts.id);
    const next = withoutRing(model, facts.id);
    if (reason === 'answered_here' || reason === 'declined_here') return next;
    if (isStage(next, facts.id) && next.stage.step !== 'elsewhere' && reason !== 'answered_elsewhere')
      return withStatus(clear(next, now), { kind: 'stopped', reason, person: person(facts) }, now);
    if (!wasHere || reason === 'dismissed') return next;
    return withStatus(next, { kind: 'stopped', reason, person: person(facts) }, now);
  },

  // --- devices and the room ------------------------------------------------------------------------------------------------------------

  problem: (model, { call, problem }) => (isStage(model, call) && model.stage.step === 'devices' ? withStage(model, { problem }) : model),

  retry(model, { audioOnly = false }, now) {
    const { stage } = model;
    if (stage?.step !== 'devices') return model;
    const media = audioOnly ? 'audio' : stage.media;
    now({ do: 'open_devices', call: stage.call, media });
    return withStage(model, { problem: null, media });
  },

  granted(model, { call }, now) {
    if (!isStage(model, call) || model.stage.step !== 'devices') {
      now({ do: 'stop_devices' });
      return model;
    }
    now({ do: 'enter', call, media: model.stage.media });
    return withStage(model, { step: 'entering', problem: null });
  },

  entered: (model, { call }) => (isStage(model, call) && model.stage.step === 'entering' ? withStage(model, { step: 'room' }) : model),

  // A move of the stage's call, or its entry, did not succeed. What is refused for good ends here; else there is a way to try again.
  move_failed(model, { call, code, facts }, now) {
    if (!isStage(model, call) || code === 'aborted') return model;
    const { stage } = model;
    const cleared = clear(model, now);
    if (kForGood.has(code) || !facts || facts.over) return withStatus(cleared, { kind: 'refused', code, person: stage.person }, now);
    if (stage.you === 'caller' && facts.ring === 'ringing') return { ...cleared, stage: { ...stage, step: 'choosing', problem: null, failed: true } };
    return { ...cleared, modal: { kind: 'details', call, person: stage.person, note: 'connect' } };
  },

  leave(model, input, now) {
    const { stage } = model;
    if (!stage?.call) return model;
    now({ do: 'stop_devices' });
    if (stage.step !== 'over') now({ do: 'leave', call: stage.call });
    return { ...model, stage: null, modal: { kind: 'details', call: stage.call, person: stage.person } };
  },

  rejoin(model, { facts, media }, now) {
    const next = quit({ ...model, modal: null }, now);
    const stage = stageOf(facts, { media, returning: true });
    return ask(next, stage, media, now, { do: 'choose', call: facts.id, media });
  },

  // A reload found this tab's call again. Muted stays muted.
  resume(model, { facts, media }, now) {
    now({ do: 'open_devices', call: facts.id, media });
    return { ...model, stage: stageOf(facts, { step: 'devices', media, returning: true }) };
  },

  // Another tab of ours handed the call to this one, with the choice already made.
  take_over(model, { facts, media }, now) {
    // A link from somewhere else chose nothing: then it is asked.
    if (!media) return facts.ringsHere ? addRing(model, facts) : { ...model, stage: stageOf(facts, { returning: facts.ring === 'accepted' }) };
    // Until the choice is known here, the server's word names the tab that handed it over.
    const stage = stageOf(facts, { media, returning: facts.ring === 'accepted', takenBack: true });
    return ask(withoutRing(model, facts.id), stage, media, now, firstMove(stage, media));
  },

  // A move came too late: what was decided stands in the call.
  settled(model, { facts }, now) {
    if (!isStage(model, facts.id)) return model;
    if (facts.over) return ended(model, facts, {}, now);
    if (facts.elsewhere) return withStatus(clear(model, now), { kind: 'stopped', reason: 'answered_elsewhere', person: person(facts) }, now);
    return model;
  },

  // A reload while it rang: the dialog stands there again.
  restore: (model, { facts }) => (model.stage || facts.over || facts.you !== 'caller' ? model : { ...model, stage: stageOf(facts) }),

  room_closed(model, { facts, reason }, now) {
    if (!isStage(model, facts.id) || !['room', 'entering'].includes(model.stage.step)) return model;
    now({ do: 'stop_devices' });
    if (reason === 'left') return { ...model, stage: null };
    if (reason === 'replaced') return withStatus({ ...model, stage: null }, { kind: 'ended', reason }, now);
    // The door was closed before the outcome came by the other connection: it will say why.
    if (reason === 'removed' && facts.ring === 'ringing') return withStage(model, { step: 'over' });
    const note = reason === 'removed' || facts.over ? null : reason === 'shutdown' ? 'shutdown' : 'lost';
    return { ...model, stage: null, modal: { kind: 'details', call: facts.id, person: person(facts), note } };
  },

  // --- what the server says ------------------------------------------------------------------------------------------------------------

  changed(model, { facts }, now) {
    let next = model;
    if (!facts.ringsHere && facts.ring !== 'ringing') next = withoutRing(next, facts.id);
    if (!isStage(next, facts.id)) return next;
    const { stage } = next;
    // Another tab of ours took it over before this one was in.
    if (facts.elsewhere && !stage.takenBack && (stage.step === 'choosing' || stage.step === 'devices')) return withStage(clearDevices(next, now), { step: 'elsewhere' });
    return withStage(next, { accepted: facts.ring === 'accepted', waiting: facts.theyInside });
  },

  answered: (model, { facts }) => (isStage(model, facts.id) ? withStage(model, { accepted: true }) : model),

  outcome(model, { facts, ring, reason, after }, now) {
    if (ring === 'accepted') return isStage(model, facts.id) ? withStage(model, { accepted: true }) : withoutRing(model, facts.id);
    return ended(withoutRing(model, facts.id), { ...facts, ring, reason }, { after }, now);
  },

  could_not_connect(model, { facts }) {
    return isStage(model, facts.id) ? withStage(model, { banner: { kind: 'could_not_connect', you: facts.you } }) : model;
  },

  back_in_call(model, { facts }, now) {
    return isStage(model, facts.id) && kInside.has(model.stage.step)
      ? withStage(model, { banner: null })
      : withStatus(model, { kind: 'back', person: person(facts), call: facts.id }, now);
  },

  call_closed(model, { facts, state, reason }, now) {
    const next = withoutRing(model, facts.id);
    if (!isStage(next, facts.id)) return next;
    const wasIn = next.stage.step === 'room' || next.stage.step === 'entering';
    const cleared = clear(next, now);
    if (state === 'terminated') {
      const told = withStatus(cleared, { kind: 'ended', reason: reason === 'feature_disabled' ? 'feature_disabled' : 'terminated' }, now);
      return wasIn ? { ...told, modal: { kind: 'details', call: facts.id, person: person(facts) } } : told;
    }
    return wasIn
      ? { ...cleared, modal: { kind: 'details', call: facts.id, person: person(facts) } }
      : withStatus(cleared, { kind: 'refused', code: 'call_expired', person: person(facts) }, now);
  },

  // --- the rest ------------------------------------------------------------------------------------------------------------------------

  show_details: (model, { facts }) => ({ ...model, modal: { kind: 'details', call: facts.id, person: person(facts) } }),

  write(model, { person: whom, call = null }, now) {
    const next = model.modal ? { ...model, modal: null } : model;
    // An ended call's room has nothing left in it but this wish.
    const cleared = next.stage?.step === 'over' ? clear(next, now) : next;
    now({ do: 'write', member: whom.member, call });
    return cleared;
  },

  thread: (model, { person: whom, call = null }) => ({ ...model, thread: { person: whom, call } }),
  close_thread: (model) => ({ ...model, thread: null }),
  close_modal: (model) => ({ ...model, modal: null }),
  // The other tab is not wanted after all, or never came up.
  take_back(model) {
    return model.stage?.step === 'elsewhere' ? withStage(model, { step: 'choosing', takenBack: true }) : model;
  },

  close_docked: (model) => (model.stage?.step === 'elsewhere' ? { ...model, stage: null } : model),
  close_banner: (model) => (model.stage ? withStage(model, { banner: null }) : model),
  status: (model, { words }, now) => withStatus(model, words, now),
  status_over: (model, { tick }) => (model.status?.tick === tick ? { ...model, status: null } : model),
};

function clearDevices(model, now) {
  now({ do: 'stop_devices' });
  return model;
}

const firstMove = ({ call, you, accepted }, media) => ({ do: you === 'callee' && !accepted ? 'accept' : 'choose', call, media });

// Says the choice and asks for the devices, in that order.
function ask(model, stage, media, now, first) {
  now(first);
  now({ do: 'open_devices', call: stage.call, media });
  return { ...model, stage: { ...stage, step: 'devices', media, problem: null } };
}

function handOver(model, stage, media, now) {
  now({ do: 'open_tab', call: stage.call, media });
  return { ...model, stage: { ...stage, step: 'elsewhere', media } };
}

// The ring ended and with it the call: the caller is told, in the room or in front of it, and the callee's tab that declined too.
function ended(model, facts, { after = facts.messageOffered ? 'offer_message' : 'close_dialogs' }, now) {
  const { id, you, ring, reason } = facts;
  const words = { kind: 'outcome', ring, reason, person: person(facts) };
  const offered = after === 'offer_message';

  if (you === 'callee') {
    const declinedHere = model.declining?.call === id && ring === 'declined';
    const { declining, ...rest } = model;
    const next = declining?.call === id ? rest : model;
    if (declinedHere && offered && inRoom(next.stage)) return withStage(next, { banner: { kind: 'declined', person: person(facts), call: id } });
    if (declinedHere)
      return offered
        ? { ...next, modal: { kind: 'declined', call: id, person: person(facts) } }
        : withStatus(next, { kind: 'declined', person: person(facts) }, now);
    return isStage(next, id) && next.stage.step !== 'elsewhere' ? withStatus(clear(next, now), words, now) : isStage(next, id) ? { ...next, stage: null } : next;
  }

  if (!isStage(model, id)) return offered ? model : withoutModalOf(model, id);
  const { step: at } = model.stage;
  if (at === 'elsewhere') return withStatus({ ...model, stage: null }, words, now);
  if (!offered || ring === 'cancelled') return withStatus(clear(withoutModalOf(model, id), now), words, now);
  if (inRoom(model.stage)) {
    now({ do: 'stop_devices' });
    return withStage(model, { step: 'over', banner: { kind: 'outcome', ring, reason } });
  }
  return { ...clear(model, now), modal: { kind: 'outcome', call: id, person: person(facts), ring, reason } };
}
