// A telephone of JsSIP in Chromium, moved by lines on standard input, telling what happens on standard output (JsSip.cs).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [modules, site, uri, token, hertz] = process.argv.slice(2);
const require = createRequire(join(modules, "interop.js"));
const { chromium } = require("playwright-core");
const { build } = await import(require.resolve("vite"));

const RATE = 48_000;
const SECONDS = 10;

/** The microphone: a WAV of a tone, which Chromium repeats. */
function tone() {
  const samples = RATE * SECONDS;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) {
    wav.writeInt16LE(Math.round(9_000 * Math.sin((2 * Math.PI * hertz * n) / RATE)), 44 + n * 2);
  }
  return wav;
}

/** JsSIP as one script for a page. */
async function library(folder) {
  const entry = join(folder, "entry.js");
  writeFileSync(entry, `import * as JsSIP from ${JSON.stringify(require.resolve("jssip"))}; window.JsSIP = JsSIP.default ?? JsSIP;`);
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "phone" } },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return [built].flat()[0].output.find((one) => one.type === "chunk").code;
}

/** Runs in the page: the phone, and an ear that tells the loudest tone each time it changes. */
function phone({ socket, uri, token }) {
  const { UA, WebSocketInterface } = window.JsSIP;
  const ua = new UA({ sockets: [new WebSocketInterface(socket)], uri, authorization_jwt: `Bearer ${token}`, register_expires: 120 });
  window.phone = { ua, session: null, refer };
  ua.on("registered", () => tell("registered"));
  ua.on("registrationFailed", ({ response }) => tell(`registration failed ${response?.status_code}`));
  ua.on("newRTCSession", ({ session, originator }) => {
    window.phone.session = session;
    session.on("peerconnection", ({ peerconnection }) =>
      peerconnection.addEventListener("track", ({ track }) => listen(track)),
    );
    session.on("icecandidate", ({ ready }) => ready());
    session.on("confirmed", () => tell("confirmed"));
    session.on("hold", ({ originator: by }) => tell(`held ${by}`));
    session.on("unhold", ({ originator: by }) => tell(`resumed ${by}`));
    session.on("ended", ({ cause }) => tell(`ended ${cause}`));
    session.on("failed", ({ cause, message }) => tell(`failed ${message?.status_code ?? cause}`));
    if (originator === "remote") session.answer({ mediaConstraints: { audio: voice }, pcConfig: { iceServers: [] } });
  });
  const voice = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  window.phone.voice = voice;
  ua.start();

  function refer(target, replaces) {
    const eventHandlers = { accepted: ({ status_line }) => tell(`transferred ${status_line.status_code}`), failed: () => tell("transfer failed") };
    window.phone.session.refer(target, { replaces, eventHandlers });
  }

  function listen(track) {
    // Chromium decodes what comes only when something plays it.
    const player = new Audio();
    player.srcObject = new MediaStream([track]);
    player.play();
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    setInterval(() => {
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.indexOf(Math.max(...bins));
      tell(`hears ${bins[loudest] < -60 ? 0 : Math.round((loudest * context.sampleRate) / analyser.fftSize)}`);
    }, 100);
  }
}

/** What each line of standard input makes the phone do. */
const orders = {
  call: (number) => window.phone.ua.call(number, { mediaConstraints: { audio: window.phone.voice }, pcConfig: { iceServers: [] } }),
  press: (key, way) => window.phone.session.sendDTMF(key, { transportType: way, duration: 160 }),
  hold: () => window.phone.session.hold(),
  resume: () => window.phone.session.unhold(),
  transfer: (target) => window.phone.refer(target),
  complete: (target) => window.phone.refer(target, window.phone.session),
  end: () => window.phone.session.terminate(),
};

const folder = mkdtempSync(join(tmpdir(), "jssip-"));
writeFileSync(join(folder, "tone.wav"), tone());
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${join(folder, "tone.wav")}`,
  ],
});
const context = await browser.newContext({ ignoreHTTPSErrors: true });
await context.grantPermissions(["microphone"], { origin: site });
const page = await context.newPage();
await page.exposeFunction("tell", (what) => console.log(what));
await page.goto(`${site}/health/live`);
await page.addScriptTag({ content: await library(folder) });
await page.evaluate(phone, { socket: `${site.replace(/^http/, "ws")}/sip`, uri, token });

for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...words] = line.split(" ");
  await page.evaluate(`(${orders[order]})(...${JSON.stringify(words)})`).catch((error) => console.log(`refused: ${error.message}`));
}
await browser.close();
rmSync(folder, { recursive: true });
