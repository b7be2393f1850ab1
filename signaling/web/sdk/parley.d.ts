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
  room: string;
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
  | 'refused' | 'unreachable' | 'unauthorized' | 'forbidden' | 'bad_request' | 'bad_sdp' | 'conflict' | 'too_large';

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
  readonly room: string;
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
