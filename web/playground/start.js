// Begins with threads where that is possible: a page that is not cross-origin isolated registers isolation.js and loads
// itself once more, this time through it. Where that fails, the page works with one thread.
async function becomeIsolated() {
  if (crossOriginIsolated || !isSecureContext || !('serviceWorker' in navigator)) return false;
  try {
    if (sessionStorage.getItem('isolation') === 'tried') return false;
    sessionStorage.setItem('isolation', 'tried');
    const registration = await navigator.serviceWorker.register('isolation.js');
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    if (worker.state !== 'activated') {
      await new Promise((resolve) => worker.addEventListener('statechange', () => worker.state === 'activated' && resolve()));
    }
    location.reload();
    return true;
  } catch {
    return false;  // private windows of some browsers allow neither storage nor service workers
  }
}

// The worker loads the model while the page is drawn.
if (!await becomeIsolated()) await Promise.all([import('./client.js'), import('./main.js')]);
