using System.Collections.Immutable;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Edge;

/// <summary>How far the agent's side of a leg is.</summary>
internal enum EdgePhase
{
    /// <summary>INVITEs are out to the agent's devices.</summary>
    Inviting,

    /// <summary>One device answered.</summary>
    Up,

    /// <summary>Nothing more is reported; devices may still be answering the CANCEL or BYE.</summary>
    Over,
}

/// <summary>An agent's leg at the edge: all registered devices ring, the first to answer has it.</summary>
/// <param name="Open">Devices (by index) whose INVITE has no final answer yet.</param>
/// <param name="Rang">A device said that it rings.</param>
/// <param name="Winner">The device that answered.</param>
/// <param name="Held">It put us on hold.</param>
/// <param name="Best">The refusal that says most, of those that came.</param>
internal sealed record EdgeState(EdgePhase Phase, ImmutableHashSet<int> Open, bool Rang, int? Winner, bool Held, Refusal? Best)
{
    public static EdgeState Inviting(int devices) =>
        new(EdgePhase.Inviting, [.. Enumerable.Range(0, devices)], Rang: false, Winner: null, Held: false, Best: null);
}

/// <summary>Why a device did not take the call.</summary>
internal sealed record Refusal(LegRefusal Kind, int SipStatus)
{
    /// <summary>RFC 3261 section 21: what a final answer to our INVITE means for the offer.</summary>
    public static Refusal Of(int status) => new(status switch
    {
        486 or 600 => LegRefusal.Busy,
        403 or 603 or 607 or 608 => LegRefusal.Rejected,
        404 or 408 or 410 or 430 or 480 or 502 or 503 or 504 or 604 => LegRefusal.Unreachable,
        _ => LegRefusal.Failed,
    }, status);

    /// <summary>Of several devices' answers the one nearest to what the agent did: rejecting says more than an unreachable desk phone.</summary>
    public Refusal Or(Refusal? other) => other is not null && Rank(other.Kind) < Rank(Kind) ? other : this;

    private static int Rank(LegRefusal kind) => kind switch
    {
        LegRefusal.Rejected => 0,
        LegRefusal.Busy => 1,
        LegRefusal.NoAnswer => 2,
        LegRefusal.Failed => 3,
        _ => 4,
    };
}

/// <summary>What can happen to an agent's leg at the edge.</summary>
internal abstract record EdgeInput;

internal sealed record DeviceRings(int Device) : EdgeInput;

internal sealed record DeviceAnswered(int Device) : EdgeInput;

/// <summary>A final answer to the INVITE, or nothing came.</summary>
internal sealed record DeviceRefused(int Device, int SipStatus) : EdgeInput;

/// <summary>The dialog of a device is over: its BYE, or it is not to be reached any more.</summary>
internal sealed record DeviceEnded(int Device, LegEnd End) : EdgeInput;

/// <summary>A re-INVITE of the device was answered; it says whether we may send.</summary>
internal sealed record DeviceReoffered(int Device, bool Hold) : EdgeInput;

internal sealed record RingTimeout : EdgeInput;

/// <summary>No media from the device.</summary>
internal sealed record DeviceSilent : EdgeInput;

/// <summary>The device's media is gone for good, whatever it holds.</summary>
internal sealed record DeviceGone : EdgeInput;

/// <summary>The day's cost limit does not pay another minute of a call outside.</summary>
internal sealed record MinuteUnpaid : EdgeInput;

/// <summary>The anchor needs the leg no more.</summary>
internal sealed record Drop : EdgeInput;

/// <summary>What the edge does as a consequence of an input, in this order.</summary>
internal abstract record EdgeAction;

/// <summary>CANCEL, or BYE after an answer.</summary>
internal sealed record EndDevice(int Device) : EdgeAction;

/// <summary>Opens media to the device that answered.</summary>
internal sealed record OpenMedia(int Device) : EdgeAction;

/// <summary>The direct call to the anchor.</summary>
internal abstract record Report : EdgeAction;

internal sealed record ReportRinging : Report;

internal sealed record ReportTaken : Report;

internal sealed record ReportFailed(Refusal Refusal) : Report;

internal sealed record ReportGone(LegEnd End) : Report;

internal sealed record ReportHold(bool Held) : Report;

/// <summary>Closes media.</summary>
internal sealed record CloseLeg : EdgeAction;

/// <summary>
/// The edge's state table: (state, input) -> (state, actions), pure. An input that means nothing in a state changes nothing,
/// but a device that answers too late or second is ended.
/// <code>
///   Inviting ──first DeviceAnswered──> Up ──DeviceEnded, DeviceSilent, DeviceGone, MinuteUnpaid, Drop──> Over
///      └──all refused, RingTimeout, Drop─────────────────────────────────────────┘
/// </code>
/// </summary>
internal static class AgentLegTable
{
    public static (EdgeState State, IReadOnlyList<EdgeAction> Actions) Apply(EdgeState s, EdgeInput input) => (s.Phase, input) switch
    {
        (EdgePhase.Inviting, DeviceRings d) when s.Open.Contains(d.Device) && !s.Rang => (s with { Rang = true }, [new ReportRinging()]),
        (EdgePhase.Inviting, DeviceAnswered d) when s.Open.Contains(d.Device) => Take(s, d.Device),
        (EdgePhase.Inviting, DeviceRefused d) when s.Open.Contains(d.Device) => Refused(s, d.Device, Refusal.Of(d.SipStatus)),
        (EdgePhase.Inviting, DeviceEnded d) when s.Open.Contains(d.Device) => Refused(s, d.Device, new(LegRefusal.Unreachable, 408)),
        (EdgePhase.Inviting, RingTimeout) => Over(s, new ReportFailed(new(LegRefusal.NoAnswer, 408))),
        (EdgePhase.Up, DeviceEnded d) when d.Device == s.Winner => Over(s, new ReportGone(d.End)),
        // While it holds the call a phone need not send anything (RFC 3264 section 8.4).
        (EdgePhase.Up, DeviceSilent) when !s.Held => Over(s, new ReportGone(LegEnd.Lost)),
        (EdgePhase.Up, DeviceGone) => Over(s, new ReportGone(LegEnd.Lost)),
        (EdgePhase.Up, MinuteUnpaid) => Over(s, new ReportGone(LegEnd.DayCost)),
        (EdgePhase.Up, DeviceReoffered d) when d.Device == s.Winner && d.Hold != s.Held => (s with { Held = d.Hold }, [new ReportHold(d.Hold)]),
        (EdgePhase.Inviting or EdgePhase.Up, Drop) => Over(s, null),
        (EdgePhase.Up or EdgePhase.Over, DeviceAnswered d) => (s, [new EndDevice(d.Device)]),
        _ => (s, []),
    };

    private static (EdgeState, IReadOnlyList<EdgeAction>) Take(EdgeState s, int device)
    {
        var others = s.Open.Remove(device);
        return (s with { Phase = EdgePhase.Up, Winner = device, Open = [] },
            [new OpenMedia(device), .. others.Order().Select(d => new EndDevice(d)), new ReportTaken()]);
    }

    private static (EdgeState, IReadOnlyList<EdgeAction>) Refused(EdgeState s, int device, Refusal refusal)
    {
        var next = s with { Open = s.Open.Remove(device), Best = refusal.Or(s.Best) };
        return next.Open.IsEmpty ? Over(next, new ReportFailed(next.Best!)) : (next, []);
    }

    private static (EdgeState, IReadOnlyList<EdgeAction>) Over(EdgeState s, Report? report)
    {
        var devices = s.Winner is { } winner ? s.Open.Add(winner) : s.Open;
        var actions = devices.Order().Select(EdgeAction (d) => new EndDevice(d)).Append(new CloseLeg());
        return (s with { Phase = EdgePhase.Over, Open = [] }, [.. actions, .. report is null ? Array.Empty<EdgeAction>() : [report]]);
    }
}
