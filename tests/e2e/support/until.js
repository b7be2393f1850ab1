// Waiting for a fact instead of for a time: asks again and again until it holds, or says what it saw last.

// How much longer everything may take: a sanitizer's build is several times slower.
export const slack = Number(process.env.PARLEY_E2E_SLACK ?? 1);

export async function until(what, ask, { within = 10_000, every = 50 } = {}) {
  const deadline = performance.now() + within * slack;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`Not within ${within * slack} ms: ${what} (last seen: ${seen})`);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
