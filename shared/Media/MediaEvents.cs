using System.Net;

namespace CallCenter.Media;

/// <summary>Something that happened on a leg. <paramref name="At"/> is wall time from the engine's clock.</summary>
public abstract record MediaEvent(MediaLeg Leg, DateTimeOffset At);

/// <summary>One key press (RFC 4733), reported when it ended. <paramref name="Digit"/> is one of 0-9 * # A-D.</summary>
public sealed record DigitReceived(MediaLeg Leg, DateTimeOffset At, char Digit, int DurationMs) : MediaEvent(Leg, At);

/// <summary>A playback is over.</summary>
public sealed record PlaybackEnded(MediaLeg Leg, DateTimeOffset At, Playback Playback, PlaybackOutcome Outcome, long PlayedMs) : MediaEvent(Leg, At);

/// <summary>The first valid packet fixed the remote's address; it stays until signalling re-arms the leg.</summary>
public sealed record RemoteLatched(MediaLeg Leg, DateTimeOffset At, IPEndPoint Remote) : MediaEvent(Leg, At);

/// <summary>A leg that should receive got no packet since <paramref name="Since"/>; told once until packets return.</summary>
public sealed record MediaSilent(MediaLeg Leg, DateTimeOffset At, DateTimeOffset Since) : MediaEvent(Leg, At);

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
