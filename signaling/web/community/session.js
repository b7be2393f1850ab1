// Who this tab is. The choice lives in sessionStorage, so that two tabs can be two members; the token stays in memory.

const kMember = 'oakwood.member';
const kEarly = 60_000;   // a token this close to its end is not handed out any more

export class SiteClosed extends Error {}

async function ask(path, body) {
  const response = await fetch(path, body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status === 404) throw new SiteClosed('This server does not show the example community.');
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? `The server answered ${response.status}.`);
  return response.json();
}

export async function members() {
  return (await ask('/v1/example/members')).members;
}

export class Session {
  #granted = null;

  constructor(member) {
    this.member = member;
  }

  // The member of this tab, if one was chosen. A tab opened for a call may be told in its address.
  static remembered() {
    const member = sessionStorage.getItem(kMember) ?? new URLSearchParams(location.search).get('as');
    return member ? new Session(member) : null;
  }

  static async signIn(member) {
    const session = new Session(member);
    await session.token();
    session.remember();
    return session;
  }

  token = async () => {
    if (!this.#granted || Date.now() > this.#granted.expires_at - kEarly) {
      this.#granted = await ask('/v1/example/sign-in', { member: this.member });
    }
    return this.#granted.token;
  };

  remember() {
    sessionStorage.setItem(kMember, this.member);
  }

  forget() {
    this.#granted = null;
    sessionStorage.removeItem(kMember);
  }
}
