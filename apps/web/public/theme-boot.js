// Sets the theme before the first paint. Its own file, because the content security policy allows no inline script.
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem('trellis.theme');
  } catch {
    // Storage can be refused in embedded frames; the system's preference is used then.
  }
  const dark =
    stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
