// Before the first paint: the colours that the address asks for after its #.
document.documentElement.dataset.theme = location.hash.slice(1);
