/** Words of a card that the caller types, and of who spoke when. */
export const card = {
  open: "Collect card number",
  title: "Collect card number",
  lead: "The caller types the card's digits on the phone. Nobody here hears or sees them and the recording is silent meanwhile. You can go on talking.",
  reference: "What is paid",
  referenceHelp: "Such as an order or invoice number; never digits of the card.",
  start: "Start",
  cancel: "Cancel",
  close: "Done",
  again: "Try again",
  typing: {
    Number: "Card number: {{count}} digits. The caller ends it with #.",
    Expiry: "Valid until (month and year): {{count}} of 4 digits",
    SecurityCode: "Security code: {{count}} digits",
  },
  sent: "Asking the payment service…",
  accepted: "The payment was accepted.",
  declined: "The payment was declined.",
  failed: "The payment service did not answer. Check there whether the card was charged before you try again.",
  mistyped: "The card number was mistyped. Ask the caller to type it again.",
  cancelled: "Cancelled. Nothing was sent.",
  timedOut: "The digits did not come in time. Nothing was sent.",
  serviceReference: "Reference: {{reference}}",
};

export const speech = {
  title: "Who spoke",
  caller: "Caller",
  agent: "Agent",
  share: "{{who}} spoke {{time}} ({{percent}} %)",
  both: "Both at once",
  silence: "Silence",
  longest: "Longest silence",
  conversation: "Conversation",
};
