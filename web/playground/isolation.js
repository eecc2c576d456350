// A service worker that adds the two headers without which a browser gives a page no shared memory, and so no threads.
// Static hosts rarely let one set headers.
self.oninstall = () => self.skipWaiting();
self.onactivate = (event) => event.waitUntil(self.clients.claim());

async function isolated(request) {
  const response = await fetch(request);
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, {status: response.status, statusText: response.statusText, headers});
}

self.onfetch = (event) => {
  if (new URL(event.request.url).origin === location.origin) event.respondWith(isolated(event.request));
};
