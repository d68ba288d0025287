// Says in words why a passkey was not used; allauth's script only writes it to the console.

const WORDS = {
  NotAllowedError: "The passkey was not used: it was cancelled, or it took too long. Try again, or use another way.",
  InvalidStateError: "This passkey is already on your account. Use another one, or go back.",
  NotSupportedError: "This browser or device keeps no passkeys. Use another way.",
  SecurityError: "This browser does not allow passkeys at this address. Use another way.",
};
const OTHERWISE = "The passkey could not be used. Try again, or use another way.";

document.addEventListener("allauth.error", (event) => {
  const box = document.getElementById("passkey-refusal");
  if (!box) return;
  event.preventDefault();
  box.querySelector("span").textContent = WORDS[event.detail.exception?.name] ?? OTHERWISE;
  box.hidden = false;
});
