// Reads a page's few sentences aloud, where the phone has a voice for their language. Without one there is no button.
"use strict";
(() => {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const language = document.documentElement.lang.slice(0, 2);
  const voice = () => speech.getVoices().find((one) => one.lang.slice(0, 2).toLowerCase() === language);
  const show = () => {
    if (voice()) for (const button of document.querySelectorAll("[data-say]")) button.hidden = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-say]");
    if (!button) return;
    const talking = speech.speaking;
    speech.cancel();
    if (talking) return;
    const words = new SpeechSynthesisUtterance(button.dataset.say);
    words.voice = voice();
    words.lang = words.voice.lang;
    words.rate = 0.9;
    speech.speak(words);
  });
  if (speech.addEventListener) speech.addEventListener("voiceschanged", show);
  show();
})();
