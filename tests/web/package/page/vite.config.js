// Threads need a page that is cross-origin isolated.
export default {
  build: {target: 'es2022'},
  worker: {format: 'es'},
  preview: {headers: {'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp'}},
};
