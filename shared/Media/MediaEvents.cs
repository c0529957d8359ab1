using System.Net;

namespace CallCenter.Media;

/// <summary>Something that happened on a leg. <paramref name="At"/> is wall time from the engine's clock.</summary>
public abstract record MediaEvent(MediaLeg Leg, DateTimeOffset At);

/// <summary>One key press (RFC 4733), reported when it ended. <paramref name="Digit"/> is one of 0-9 * # A-D.</summary>
public sealed record DigitReceived(MediaLeg Leg, DateTimeOffset At, char Digit, int DurationMs) : MediaEvent(Leg, At)
{
    /// <summary>It was heard as tones (only while <see cref="MediaLeg.ClampTones"/> looks for them); their length is not told.</summary>
    public bool IsInBand { get; init; }
}

/// <summary>What <see cref="MediaLeg.DetectAnswer"/> has found; after Machine once more, the Beep.</summary>
public sealed record AnswerDetected(MediaLeg Leg, DateTimeOffset At, Answer Answer) : MediaEvent(Leg, At);

/// <summary>A playback is over.</summary>
public sealed record PlaybackEnded(MediaLeg Leg, DateTimeOffset At, Playback Playback, PlaybackOutcome Outcome, long PlayedMs) : MediaEvent(Leg, At);

/// <summary>The first valid packet fixed the remote's address; it stays until signalling re-arms the leg.</summary>
public sealed record RemoteLatched(MediaLeg Leg, DateTimeOffset At, IPEndPoint Remote) : MediaEvent(Leg, At);

/// <summary>A leg that should receive got no packet since <paramref name="Since"/>; told once until packets return.</summary>
public sealed record MediaSilent(MediaLeg Leg, DateTimeOffset At, DateTimeOffset Since) : MediaEvent(Leg, At);

/// <summary>The DTLS handshake is done and the certificate is the one that signalling named: media flows from here on.</summary>
public sealed record MediaSecured(MediaLeg Leg, DateTimeOffset At, SrtpProfile Profile) : MediaEvent(Leg, At);

/// <summary>No keys, or no more: nothing is sent or passed on. <paramref name="Reason"/> is for the log and says what did not fit.</summary>
public sealed record MediaSecurityFailed(MediaLeg Leg, DateTimeOffset At, string Reason) : MediaEvent(Leg, At);

/// <summary>Authenticated STUN checks come from this address: the first time, from a new one, or again after <see cref="IceDisconnected"/>.</summary>
public sealed record IceConnected(MediaLeg Leg, DateTimeOffset At, IPEndPoint Remote) : MediaEvent(Leg, At);

/// <summary>A DTLS leg heard neither check nor media since <paramref name="Since"/>: a closed tab, a cut network. Told once until <see cref="IceConnected"/>.</summary>
public sealed record IceDisconnected(MediaLeg Leg, DateTimeOffset At, DateTimeOffset Since) : MediaEvent(Leg, At);

/// <summary>The remote ended DTLS (close_notify): the page was left or closed the call. Nothing more comes of it.</summary>
public sealed record RemoteClosed(MediaLeg Leg, DateTimeOffset At) : MediaEvent(Leg, At);

/// <summary>The sink was too slow: <paramref name="Blocks"/> blocks of the recording are missing so far.</summary>
public sealed record RecordingBlocksLost(MediaLeg Leg, DateTimeOffset At, RecordingTap Tap, long Blocks) : MediaEvent(Leg, At);

/// <summary>How a playback ended.</summary>
public enum PlaybackOutcome
{
    /// <summary>The last sample was sent.</summary>
    Finished,
    /// <summary>Stopped, replaced, or the leg was closed.</summary>
    Stopped,
}

/// <summary>How a playback ended and how many milliseconds of it were sent.</summary>
public readonly record struct PlaybackResult(PlaybackOutcome Outcome, long PlayedMs);

/// <summary>How <see cref="MediaLeg.SendDigits"/> ended.</summary>
public enum SendDigitsResult
{
    Sent,
    /// <summary>The remote did not negotiate telephone-event; send them by SIP INFO.</summary>
    NotNegotiated,
    /// <summary>The leg was closed first.</summary>
    Stopped,
}
