// Types of the browser SDK. The client always offers; see docs/websocket.md for what goes over the wire.

export type Kind = 'audio' | 'video';
export type Source = 'microphone' | 'camera' | 'screen' | 'screen_audio';
export type Codec = 'VP8' | 'VP9' | 'H264' | 'AV1' | 'opus';

export interface Track {
  readonly track: number;
  readonly session: number;
  readonly member: string;
  readonly kind: Kind;
  readonly source: Source;
  readonly muted: boolean;
}

export interface Participant {
  readonly session: number;
  readonly member: string;
  readonly name: string;
  /** What they publish, by track id. */
  readonly tracks: ReadonlyMap<number, Track>;
  /** What a slot carries of it now, by source. */
  readonly streams: ReadonlyMap<Source, MediaStream>;
}

export interface Slot {
  readonly slot: string | null;
  readonly kind: Kind;
  readonly track: Track | null;
  readonly participant: Participant | null;
  readonly stream: MediaStream | null;
}

export interface PublishOptions {
  /** Default: microphone or camera, by the track's kind. */
  source?: Source;
  /** Send this codec and no other. Default: what the server prefers. */
  codec?: Codec;
  muted?: boolean;
}

export interface Publication {
  readonly mediaTrack: MediaStreamTrack;
  readonly kind: Kind;
  readonly source: Source;
  readonly codec?: Codec;
  readonly muted: boolean;
  /** The mid of the m-line that sends it; null until it is negotiated. */
  readonly slot: string | null;
  mute(muted: boolean): Promise<void>;
  /** Another device of the same kind, without negotiation. */
  replaceDevice(mediaTrack: MediaStreamTrack): Promise<void>;
  unpublish(): Promise<void>;
}

export interface ConnectOptions {
  /** The room's name. A private call has none: see `ticket`. */
  room?: string;
  /** For a private call's room, instead of `room`: asked before each join that is no resumption. `Call.enter` fills it in. */
  ticket?: () => Promise<string>;
  /** The tab that the ticket was given to. */
  tab?: string;
  /** A token, or where to get one: asked at each connection and before the token expires. Never part of a URL. */
  token: string | (() => string | Promise<string>);
  /** Name to show to the others. */
  name?: string;
  /** The WebSocket's address; default: `/v1/ws` of this page's server. */
  url?: string;
  /** How many tracks can be received at once; default 4 and 4. More by `addSlots`. */
  slots?: { audio?: number; video?: number };
  /** Published with the first offer, so that joining costs one round trip. */
  publish?: Array<{ track: MediaStreamTrack } & PublishOptions>;
  /** Receive only this member's tracks. */
  publisher?: string;
}

export type CloseReason =
  | 'left' | 'replaced' | 'removed' | 'ice_timeout' | 'dtls_failed' | 'dtls_closed' | 'token_expired' | 'signaling_lost' | 'shutdown'
  | 'refused' | 'unreachable' | 'unauthorized' | 'forbidden' | 'bad_request' | 'bad_sdp' | 'conflict' | 'too_large' | Refusal;

export type UnbindReason = 'track_ended' | 'member_left' | 'reassigned' | 'codec_unsupported' | 'slot_closed';

export interface RoomEvents {
  memberjoined: { participant: Participant };
  memberleft: { participant: Participant; reason: CloseReason };
  trackpublished: { participant: Participant; track: Track };
  trackended: { participant: Participant; track: Track };
  trackmuted: { participant: Participant; track: Track };
  /** `rtpTimestamp` is that of the first frame that is theirs: see `whenShown`. */
  slotbound: {
    slot: string; participant: Participant; track: Track;
    mediaTrack?: MediaStreamTrack; stream: MediaStream | null; rtpTimestamp?: number;
  };
  slotunbound: { slot: string; participant?: Participant; track: Track; reason: UnbindReason };
  /** ICE and DTLS are up. */
  connected: Record<string, never>;
  /** The server has not heard from this client for some seconds, or hears it again. */
  pathsuspect: { suspect: boolean };
  reconnecting: Record<string, never>;
  /** `resumed`: the same session, media untouched; otherwise joined anew. */
  reconnected: { resumed: boolean };
  /** A published device was unplugged or taken away. */
  deviceended: { publication: Publication };
  /** Final. */
  closed: { reason: CloseReason };
  error: { error: Error };
}

export interface Room {
  readonly state: 'new' | 'connecting' | 'connected' | 'reconnecting' | 'closed';
  readonly room?: string;
  readonly name?: string;
  readonly session: number | null;
  readonly member: string | null;
  /** The others, by session. */
  readonly participants: ReadonlyMap<number, Participant>;
  readonly slots: Slot[];
  readonly publications: readonly Publication[];
  readonly peerConnection: RTCPeerConnection | null;
  on<E extends keyof RoomEvents>(type: E, listener: (event: RoomEvents[E]) => void): () => void;
  once<E extends keyof RoomEvents>(type: E, listener: (event: RoomEvents[E]) => void): () => void;
  off<E extends keyof RoomEvents>(type: E, listener: (event: RoomEvents[E]) => void): void;
  publish(track: MediaStreamTrack, options?: PublishOptions): Promise<Publication>;
  unpublish(publication: Publication): Promise<void>;
  addSlots(kind: Kind, count?: number): Promise<void>;
  restartIce(): Promise<void>;
  getStats(): Promise<RTCStatsReport>;
  leave(): void;
}

export class ParleyError extends Error {
  readonly code: string;
}

/** Joins a room. Who is there already stands in `participants`; later changes arrive as events. */
export function connect(options: ConnectOptions): Promise<Room>;

/** Resolves when `video` shows the frame with that RTP timestamp or a later one. */
export function whenShown(
  video: HTMLVideoElement, rtpTimestamp: number | undefined, options?: { timeout?: number }): Promise<void>;

// --- private calls: docs/sdk.md has the walk through, docs/private-calls.md the rules --------------------------------------------------

export type Media = 'audio' | 'video';
export type Party = 'caller' | 'callee';
export type Ring = 'ringing' | 'accepted' | 'declined' | 'missed' | 'cancelled' | 'withdrawn';
export type RingReason =
  | 'none' | 'timeout' | 'dismissed' | 'busy' | 'caller_lost' | 'feature_disabled' | 'member_deactivated' | 'terminated' | 'expired';
export type CallState = 'ringing' | 'open' | 'completed' | 'failed' | 'terminated' | 'ended';
/** `…_here`: by this tab. */
export type RingStopped =
  | 'answered_here' | 'declined_here' | 'answered_elsewhere' | 'declined_elsewhere' | 'dismissed' | 'timeout' | 'cancelled' | 'withdrawn';
/** `site_directory`, `profile`, … or `other:` with a label of up to 32 letters a to z and underscores. */
export type Origin =
  | 'site_directory' | 'profile' | 'group_directory' | 'post_avatar' | 'mention' | 'notification' | 'details' | 'message'
  | `other:${string}`;
export type Refusal =
  | 'private_calls_disabled' | 'callee_unknown' | 'callee_inactive' | 'caller_busy' | 'rate_limited' | 'call_expired' | 'call_over'
  | 'not_found' | 'not_your_move' | 'no_media_chosen' | 'already_inside' | 'bad_ticket' | 'messenger_off' | 'request_reused'
  | 'too_many_devices';

/** Name and avatar are other people's input: show them as text. An avatar is an https address or ''. */
export interface Person {
  readonly member: string;
  readonly name: string;
  readonly avatar: string;
}
export interface PersonState extends Person {
  readonly active: boolean;
  /** A hint for the button; the server decides. */
  readonly callable: boolean;
}
export interface You extends Person {
  readonly admin: boolean;
  readonly messenger: boolean;
  readonly takesCalls: boolean;
}
export interface Site {
  readonly site: string;
  readonly privateCalls: boolean;
  readonly messenger: boolean;
  /** `platform`: messages are written in the embedding platform, see `Calls.writeTo`. */
  readonly messengerKind: 'builtin' | 'platform';
}

/** Times are milliseconds since 1970, spans are milliseconds. */
export interface CallDetails {
  readonly call: string;
  readonly caller: Person;
  readonly callee: Person;
  readonly origin: Origin;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly lastLeftAt: number | null;
  readonly talked: number;
  readonly callerMedia: Media | null;
  readonly calleeMedia: Media | null;
  readonly ring: Ring;
  readonly reason: RingReason;
  readonly state: CallState;
  readonly expiresAt: number;
  readonly left: number;
  readonly canRejoin: boolean;
  readonly messageOffered: boolean;
}
export interface Notification {
  readonly serial: number;
  readonly call: string;
  readonly from: Person;
  readonly at: number;
  readonly read: boolean;
  readonly messageOffered: boolean;
}
export interface Message {
  readonly serial: number;
  readonly from: string;
  readonly to: string;
  readonly call: string | null;
  readonly text: string;
  readonly at: number;
  readonly key?: string;
}

export interface Tracks {
  audio?: MediaStreamTrack | null;
  video?: MediaStreamTrack | null;
  /** Start with the track switched off. */
  muted?: { audio?: boolean; video?: boolean };
  /** Name to show; default: the server's. */
  name?: string;
  slots?: { audio?: number; video?: number };
  publish?: { audio?: PublishOptions; video?: PublishOptions };
  /** Gives the entry up; rejects with `aborted`. */
  signal?: AbortSignal;
}

export interface CallEvents {
  /** Any of the fields below is another one now. */
  changed: Record<string, never>;
  /** Rings for you, on this device: show the pop-up. */
  ring: Record<string, never>;
  /** Take it away. */
  ringstopped: { reason: RingStopped };
  answered: Record<string, never>;
  /** How the ring ended, told once. `after`: whether to offer writing a message, or to close every dialog of the call by itself. */
  outcome: { ring: Ring; reason: RingReason; after: 'offer_message' | 'close_dialogs' };
  couldnotconnect: { party: Party };
  backincall: { party: Party };
  closingsoon: { left: number };
  /** The call is over: no way back in. */
  callclosed: { state: CallState; reason: RingReason };
  /** Somebody left (`party`), or the call's window closed. */
  details: { details: CallDetails; party: Party };
  /** This tab went in, or is out again. */
  roomopened: { room: Room };
  roomclosed: { reason: CloseReason };
}

/** One call as the server last told it; the same object for as long as the page knows the call. Moves reject with a ParleyError whose
 *  code is a Refusal, or `connection_lost`. A move that lost a race resolves, and the fields say what was decided (`settled`). */
export interface Call {
  readonly id: string;
  readonly you: Party;
  readonly caller: Person;
  readonly callee: Person;
  /** The one of the two who is not you. */
  readonly other: Person;
  readonly origin: Origin;
  readonly ring: Ring;
  readonly reason: RingReason;
  readonly state: CallState;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** Countdowns in milliseconds, for showing; the server's clock decides. */
  readonly ringLeft: number;
  readonly left: number;
  readonly yourMedia: Media | null;
  readonly theirMedia: Media | null;
  readonly youInside: boolean;
  readonly theyInside: boolean;
  /** The tab of yours that chose or entered last, and whether it is this one. */
  readonly yourTab: string | null;
  readonly here: boolean;
  readonly elsewhere: boolean;
  readonly busy: boolean;
  readonly putAway: boolean;
  readonly messageOffered: boolean;
  readonly canRejoin: boolean;
  /** It rings on this device, to be answered. */
  readonly ringsHere: boolean;
  /** Ended in one way or another. */
  readonly over: boolean;
  /** How the outcome was told; null while it rings. */
  readonly outcome: CallEvents['outcome'] | null;
  /** The last that were told. */
  readonly lastDetails: CallDetails | null;
  /** The state may be old: the connection is lost at the moment. */
  readonly stale: boolean;
  /** What this tab has open. */
  readonly room: Room | null;
  /** Aborts when there is no way in any more (cancelled, declined, over, left, taken to another tab): give it to `openDevices`. Each
   *  `choose`, `accept` and `rejoin` renews it; a way back in begins with `choose`, then devices, then `enter`. */
  readonly signal: AbortSignal;

  on<E extends keyof CallEvents>(type: E, listener: (event: CallEvents[E]) => void): () => void;
  once<E extends keyof CallEvents>(type: E, listener: (event: CallEvents[E]) => void): () => void;
  off<E extends keyof CallEvents>(type: E, listener: (event: CallEvents[E]) => void): void;

  /** Audio or video, before the first entry as the caller and before coming back with other media. */
  choose(media: Media): Promise<Moved>;
  accept(media: Media): Promise<Moved>;
  /** Decline, cancel and leave hold at once: an entry under way is given up; over a lost connection they are said when it is back. */
  decline(): Promise<Moved>;
  cancel(): Promise<Moved>;
  /** Puts the pop-up away on this device. */
  dismiss(): Promise<Moved>;
  /** Say it when the pop-up is really visible: it makes a cancelled call a missed one. Repeats are not sent. */
  ringShown(): Promise<void>;
  /** Leaves the room and the call; while it rings out, this is cancelling. */
  leave(): Promise<Moved>;
  details(): Promise<CallDetails>;
  /** Asks for a ticket and opens the room with these tracks. The tracks stay their owner's to stop. */
  enter(tracks?: Tracks): Promise<Room>;
  /** Back into an open call: `choose`, then `enter`. */
  rejoin(media: Media, tracks?: Tracks): Promise<Room>;
}
export interface Moved {
  readonly taken: 'moved' | 'created' | 'rejected_busy' | 'same' | 'glare' | 'join';
  /** The move came too late: the call's fields say what was decided. */
  readonly settled: boolean;
}

export interface CallsOptions {
  /** A token that names a member of a site and no room, or where to get one: asked at each connection and before the token expires. */
  token?: string | (() => string | Promise<string>);
  /** Fetched with cookies instead; answers `{"token": "…"}`. */
  tokenEndpoint?: string;
  /** The WebSocket's address; default: `/v1/ws` of this page's server. REST is asked at the same server. */
  url?: string;
  /** The page that `openInNewTab` opens; it calls `openCalls` too and looks at `calls.handedOver`. */
  callPage?: string;
}

export type CallsCloseReason = 'signed_out' | 'replaced' | 'deactivated' | 'unauthorized' | 'refused' | 'closed' | string;

export interface CallsEvents {
  ring: { call: Call };
  ringstopped: { call: Call } & CallEvents['ringstopped'];
  callchanged: { call: Call };
  answered: { call: Call };
  outcome: { call: Call } & CallEvents['outcome'];
  couldnotconnect: { call: Call } & CallEvents['couldnotconnect'];
  backincall: { call: Call } & CallEvents['backincall'];
  closingsoon: { call: Call } & CallEvents['closingsoon'];
  callclosed: { call: Call } & CallEvents['callclosed'];
  details: { call: Call } & CallEvents['details'];
  roomopened: { call: Call } & CallEvents['roomopened'];
  roomclosed: { call: Call } & CallEvents['roomclosed'];
  /** One of the watched members changed. */
  presence: { person: PersonState };
  /** A missed call, and how many are unread. `fresh`: it happened just now, else it was waiting for this page. */
  notification: { item: Notification; unread: number; fresh: boolean };
  unreadchanged: { unread: number };
  /** Written to you, or by you in another tab. */
  message: { message: Message; from: Person };
  sitechanged: { site: Site };
  youchanged: { you: You };
  /** "Send a message" was asked for, and the platform has the messenger. */
  writemessage: { member: string; call: string | null };
  reconnecting: Record<string, never>;
  reconnected: Record<string, never>;
  /** Final. */
  closed: { reason: CallsCloseReason };
  error: { error: Error };
}

export interface Calls {
  readonly state: 'new' | 'connecting' | 'connected' | 'reconnecting' | 'closed';
  readonly tab: string;
  readonly device: string;
  readonly you: You;
  readonly site: Site;
  readonly unread: number;
  /** The calls this page knows, ringing, open or just over, by id. */
  readonly calls: ReadonlyMap<string, Call>;
  /** The watched members, kept up to date. */
  readonly people: ReadonlyMap<string, PersonState>;
  /** The call that this tab was opened for, by `openInNewTab`; null if none, or when the call is not one of yours. `media` is what was
   *  chosen in the tab that opened it; null: ask (the address may come from anywhere). */
  readonly handedOver: { readonly call: Call; readonly media: Media | null } | null;

  on<E extends keyof CallsEvents>(type: E, listener: (event: CallsEvents[E]) => void): () => void;
  once<E extends keyof CallsEvents>(type: E, listener: (event: CallsEvents[E]) => void): () => void;
  off<E extends keyof CallsEvents>(type: E, listener: (event: CallsEvents[E]) => void): void;

  /** Whose cards are on the screen, up to 200; replaces the earlier list. Returns `people`. */
  watch(members: readonly string[]): ReadonlyMap<string, PersonState>;
  /** One more member to watch, for as long as the returned function is not called; the listener hears at once what is known. */
  follow(member: string, listener?: (person: PersonState) => void): () => void;

  start(member: string, options: { origin: Origin }): Promise<Call>;
  /** A call by its id, from the server if the page does not know it. */
  callOf(id: string): Promise<Call>;
  /** Inside a click: opens `callPage` for the call in a new tab. Null if the browser blocked it: show `newTabUrl` as a link. */
  openInNewTab(call: Call, media: Media): Window | null;
  newTabUrl(call: Call, media: Media): string;
  /** This very tab was in a call's room at most 60 s ago (a reload), may still come back, and the devices are granted already. */
  resumable(): Promise<{ call: Call; media: Media; muted: { audio: boolean; video: boolean } } | null>;

  history(options?: { before?: number }): Promise<{ calls: CallDetails[]; before?: number }>;
  notifications(options?: { unread?: boolean; before?: number }): Promise<{ items: Notification[]; unread: number; before?: number }>;
  /** None or an empty list: all. Resolves with how many are unread. */
  markRead(calls?: readonly string[]): Promise<number>;
  /** `key` makes a repeat after `connection_lost` the same message. */
  sendMessage(to: string, text: string, options?: { call?: string; key?: string }): Promise<Message>;
  thread(member: string, options?: { before?: number }): Promise<{ with: Person; usable: boolean; messages: Message[]; before?: number }>;
  /** "Send a message" was pressed. True: the platform has the messenger, and `writemessage` was emitted; false: show your own composer. */
  writeTo(member: string, options?: { call?: string }): boolean;

  siteSettings(): Promise<SiteSettings>;
  /** For administrators of the site. */
  setSiteSettings(patch: { [K in keyof SiteSettings]?: Partial<SiteSettings[K]> }): Promise<SiteSettings>;
  /** One's own switches, and whom one takes no calls from. */
  setMine(patch: Partial<Mine>): Promise<Mine>;
  /** Everybody of the site; administrators see `role`, switches and the deactivated too. */
  members(): Promise<Array<Person & { role?: 'member' | 'admin'; messenger?: boolean; takesCalls?: boolean; deactivated?: boolean }>>;

  signOut(): Promise<void>;
  /** Ends the connection without signing out, as when the page goes away. */
  close(): void;
}
export interface SiteSettings {
  privateCalls: boolean;
  messenger: boolean;
  messengerKind: 'builtin' | 'platform';
  /** Spans in seconds; docs/private-calls.md has the ranges. */
  calls: {
    ring: number;
    lifetime: number;
    busy: 'ring' | 'reject';
    onDisable: 'keep' | 'terminate';
    secondTab: 'replace' | 'refuse';
    perMinute: { byCaller: number; byPair: number; toCallee: number };
  };
}
export interface Mine {
  messenger: boolean;
  takesCalls: boolean;
  blocked: string[];
}

/** Connects, attends, and stays connected. Waits for a server that can't be reached; rejects if it refuses (`unauthorized`, …). */
export function openCalls(options?: CallsOptions): Promise<Calls>;

export class DeviceProblem extends Error {
  readonly title: string;
  readonly text: string;
  readonly canDoWithoutCamera: boolean;
}
/** The camera and microphone, or a DeviceProblem that says in words what to do. When `signal` aborts it rejects with `aborted`, and what
 *  the browser opens afterwards is stopped. */
export function openDevices(what?: { audio?: boolean; video?: boolean; signal?: AbortSignal }): Promise<MediaStreamTrack[]>;
