using System.Collections.Immutable;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>How far the caller's leg is.</summary>
internal enum CallPhase
{
    /// <summary>The INVITE is open.</summary>
    Arrived,

    /// <summary>A call of ours: its other side is not dialled yet.</summary>
    Placed,

    /// <summary>A call of ours: its other side rings.</summary>
    Dialling,

    /// <summary>200 sent, media open.</summary>
    Answered,

    /// <summary>Every leg is over; recordings are being closed.</summary>
    Ending,

    /// <summary>CallClosed was told: nothing happens any more.</summary>
    Closed,
}

/// <summary>How far a leg that is not the caller's is, seen from the anchor. Consulting: it speaks, apart from the caller. Connected: with the caller.</summary>
internal enum LegPhase { Offered, Accepted, Consulting, Connected }

/// <summary>A leg beside the caller's that is not over: an agent's, a number's outside, a supervisor's.</summary>
/// <param name="Agent">The user whose phone it is; empty for a number outside.</param>
/// <param name="Offer">The command that offered it: the cause of what it tells.</param>
internal sealed record LegView(Guid Leg, Guid Agent, Guid Offer, LegPhase Phase)
{
    public LegRole Role { get; init; } = LegRole.Agent;

    /// <summary>The number outside.</summary>
    public string? Number { get; init; }

    /// <summary>The leg that this one consults, and keeps in the conference.</summary>
    public Guid? With { get; init; }

    /// <summary>A recording that begins once this leg has the caller alone.</summary>
    public Guid? NextRecording { get; init; }

    /// <summary>What a supervisor does, and in which leg's conversation.</summary>
    public MonitorMode Mode { get; init; }

    /// <inheritdoc cref="Mode"/>
    public Guid Target { get; init; }

    /// <summary>It speaks and hears.</summary>
    public bool HasVoice => Phase is LegPhase.Consulting or LegPhase.Connected;

    /// <summary>It is a side of the caller's conversation: not one that only looks in.</summary>
    public bool IsWithCaller => Phase == LegPhase.Connected && (Role != LegRole.Supervisor || Mode == MonitorMode.TakeOver);

    public bool LooksIn => Role == LegRole.Supervisor && Phase == LegPhase.Connected && Mode != MonitorMode.TakeOver;

    /// <summary>The agent's phone put us on hold, by its own re-INVITE.</summary>
    public bool PhoneHolds { get; init; }

    /// <summary>A command put the caller on hold. The phone may hold and retrieve meanwhile: the caller comes back when neither holds.</summary>
    public bool CommandHolds { get; init; }

    public bool IsHeld => PhoneHolds || CommandHolds;
}

/// <summary>What the caller's leg does for a command: one thing at a time.</summary>
internal abstract record CallerActivity(Guid Command);

/// <summary>Clips are playing since.</summary>
internal sealed record Playing(Guid Command, DateTimeOffset Since, bool Interruptible = false) : CallerActivity(Command);

/// <summary>Digits are awaited; while <paramref name="Prompting"/> clips still play.</summary>
internal sealed record Collecting(Collect Order, string Digits, bool Prompting) : CallerActivity(Order.CommandId);

/// <summary>The caller leaves a message; while <paramref name="Beeping"/> nothing is recorded yet.</summary>
internal sealed record Messaging(RecordMessage Order, bool Beeping) : CallerActivity(Order.CommandId);

/// <summary>The way a caller's key presses come. A call keeps the first one that brought a digit, so that a press told both ways counts once.</summary>
internal enum DigitWay { TelephoneEvent, Info, InBand }

/// <summary>Durations that guard a call.</summary>
/// <param name="Control">Without a controller for this long the fallback begins.</param>
/// <param name="Connect">An accepted leg not connected, or Routing's control without a bridge, lasts no longer.</param>
/// <param name="RingMaxMs">No offer rings longer.</param>
internal sealed record CallGuards(TimeSpan Control, TimeSpan Connect, int RingMaxMs);

/// <summary>A call as the table sees it; immutable.</summary>
internal sealed record CallState
{
    public required Guid CallerLeg { get; init; }
    public required string Codec { get; init; }
    public required TimeSpan LongestHold { get; init; }
    public required CallGuards Guards { get; init; }
    public CallPhase Phase { get; init; }
    public ControlHolder Holder { get; init; }
    public long Epoch { get; init; }
    public CallerActivity? Activity { get; init; }
    public DigitWay? DigitWay { get; init; }

    /// <summary>Keys pressed since the last Collect or agent that nothing has asked for yet.</summary>
    public string TypedAhead { get; init; } = "";

    /// <summary>A card's digits that are being typed.</summary>
    public CardCollection? Card { get; init; }

    /// <summary>The caller has talked with somebody: who spoke when is told at the end, before anything final.</summary>
    public bool SpeechIsMeasured { get; init; }
    public ImmutableDictionary<Guid, LegView> Legs { get; init; } = ImmutableDictionary<Guid, LegView>.Empty;

    /// <summary>Every leg id ever offered, or withdrawn before it was: an id is used once.</summary>
    public ImmutableHashSet<Guid> LegIds { get; init; } = [];

    /// <summary>The leg that has the caller; of a conference the one that stays when others leave.</summary>
    public Guid? Bridged { get; init; }

    /// <summary>Recordings begun and not ended, with the agent's leg that each records, or the caller's for a message.</summary>
    public ImmutableDictionary<Guid, Guid> Recordings { get; init; } = ImmutableDictionary<Guid, Guid>.Empty;

    /// <summary>The recording that goes on without its agent, who was lost and may come back.</summary>
    public KeptRecording? Kept { get; init; }

    /// <summary>Recordings that hold silence meanwhile.</summary>
    public ImmutableHashSet<Guid> Paused { get; init; } = [];

    /// <summary>First answers of the last commands, for their repetitions.</summary>
    public CommandAnswers Answers { get; init; } = CommandAnswers.None;
}

/// <summary>A recording and the agent whose it is.</summary>
internal sealed record KeptRecording(Guid Recording, Guid Agent);

/// <summary>The answers of the last 256 commands. An older repetition is met by its expiry or its epoch.</summary>
internal sealed record CommandAnswers(ImmutableDictionary<Guid, CommandResult> ById, ImmutableQueue<Guid> Order)
{
    public const int Max = 256;

    public static CommandAnswers None { get; } = new(ImmutableDictionary<Guid, CommandResult>.Empty, []);

    public CommandAnswers With(CommandResult answer)
    {
        var byId = ById.Add(answer.CommandId, answer);
        var order = Order.Enqueue(answer.CommandId);
        if (byId.Count > Max)
        {
            order = order.Dequeue(out var oldest);
            byId = byId.Remove(oldest);
        }
        return new(byId, order);
    }
}
