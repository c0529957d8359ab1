using System.Text.Json.Serialization;

namespace CallCenter.Ivr.Flows;

/// <summary>A call flow as an administrator writes it: named steps, one of them the start. Kept in versions; a call keeps the version it began with.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FlowDefinition
{
    /// <summary>The tenant that owns the flow.</summary>
    public Guid Tenant { get; init; }

    public string Name { get; init; } = "";

    /// <summary>BCP 47 tag, such as "fi".</summary>
    public string Language { get; init; } = "";

    /// <summary>The step a call begins with.</summary>
    public string Start { get; init; } = "";

    /// <summary>Steps by name.</summary>
    public IReadOnlyDictionary<string, FlowStep> Steps { get; init; } = new Dictionary<string, FlowStep>();
}

/// <summary>One step: exactly one of its members is set.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FlowStep
{
    public PlayStep? Play { get; init; }

    public MenuStep? Menu { get; init; }

    public QueueStep? Queue { get; init; }

    public HangUpStep? HangUp { get; init; }

    public HoursStep? Hours { get; init; }

    public VoicemailStep? Voicemail { get; init; }

    /// <summary>The prompts the step plays.</summary>
    [JsonIgnore]
    public IEnumerable<Guid> Prompts => new[]
    {
        Play?.Prompt, Menu?.Prompt, Menu?.NoInput, Menu?.NoMatch, Queue?.Music, Queue?.AgentLost, HangUp?.Prompt, Voicemail?.Prompt,
    }.OfType<Guid>();

    /// <summary>Where a caller who presses nothing may go next; empty when the step ends the flow's own part.</summary>
    [JsonIgnore]
    public IEnumerable<string> SilentNext => new[] { Play?.Next, Menu?.Failed, Hours?.Then, Hours?.Otherwise, Voicemail?.Next, Queue?.TimedOut, Queue?.Full, Queue?.NoAgent }.OfType<string>();

    /// <summary>Every step that may follow.</summary>
    [JsonIgnore]
    public IEnumerable<string> Next => [.. SilentNext, .. Menu?.Options.Values ?? [], .. Queue?.Offers?.Steps ?? []];
}

/// <summary>Plays a prompt, then goes on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PlayStep
{
    public Guid Prompt { get; init; }

    /// <summary>A key ends it and counts for the next menu; so does one that was pressed before.</summary>
    public bool Interruptible { get; init; }

    /// <summary>Silence before the prompt, in milliseconds, at most 10 s.</summary>
    public int PauseMs { get; init; }

    public string Next { get; init; } = "";
}

/// <summary>Plays a prompt, which a key interrupts, and waits for one key.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MenuStep
{
    public Guid Prompt { get; init; }

    /// <summary>Step by key: 0-9, * or #.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Said before the prompt is repeated after silence; null for nothing.</summary>
    public Guid? NoInput { get; init; }

    /// <summary>Said before the prompt is repeated after a wrong key; null for nothing.</summary>
    public Guid? NoMatch { get; init; }

    /// <summary>How often the caller is asked at most.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long a key is waited for after the prompt.</summary>
    public int FirstDigitSeconds { get; init; } = 5;

    /// <summary>Keys that were pressed before the menu do not count: the caller has to hear it.</summary>
    public bool Clear { get; init; }

    /// <summary>The step after the last attempt.</summary>
    public string Failed { get; init; } = "";
}

/// <summary>Puts the caller in a queue with music until an agent answers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record QueueStep
{
    public Guid Queue { get; init; }

    /// <summary>The contact's own, 1 to 99, lower first; null for the queue's.</summary>
    public int? Priority { get; init; }

    /// <summary>A prompt that is looped; null for the built-in tune.</summary>
    public Guid? Music { get; init; }

    /// <summary>Instead of music a soft short tone each five seconds, so that the caller knows that the line is there.</summary>
    public bool ComfortTone { get; init; }

    /// <summary>Said when the agent's leg was lost and the caller waits again; null for nothing.</summary>
    public Guid? AgentLost { get; init; }

    /// <summary>The step of a caller who has waited as long as the queue allows; null to hang up.</summary>
    public string? TimedOut { get; init; }

    /// <summary>The step of a caller who came when the queue was full; null to hang up.</summary>
    public string? Full { get; init; }

    /// <summary>The step of a caller whom nobody who is logged in can ever serve; null to hang up.</summary>
    public string? NoAgent { get; init; }

    /// <summary>Tells the caller position and estimated wait; null for music alone.</summary>
    public AnnounceSettings? Announce { get; init; }

    /// <summary>What the caller may choose by a key meanwhile; null for nothing.</summary>
    public QueueOffers? Offers { get; init; }
}

/// <summary>Announcements in the flow's language: on entry, then every so often.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AnnounceSettings
{
    /// <summary>From the beginning of one to the next.</summary>
    public int EverySeconds { get; init; } = 30;
}

/// <summary>Asks for a message, beeps and records what the caller says, until silence, #, the greatest length or the caller's end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record VoicemailStep
{
    public Guid Prompt { get; init; }

    /// <summary>The greatest length of the message.</summary>
    public int MaxSeconds { get; init; } = 120;

    /// <summary>So much silence ends the message.</summary>
    public int SilenceSeconds { get; init; } = 5;

    /// <summary>The step after the message; null to hang up.</summary>
    public string? Next { get; init; }
}

/// <summary>Goes one way while the tenant is open, in its own time zone, and another while it is closed.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record HoursStep
{
    /// <summary>When it is open; entries may overlap.</summary>
    public IReadOnlyList<OpenHours> Open { get; init; } = [];

    /// <summary>Local dates on which it is closed all day.</summary>
    public IReadOnlyList<DateOnly> ClosedOn { get; init; } = [];

    /// <summary>The step while open.</summary>
    public string Then { get; init; } = "";

    /// <summary>The step while closed; a call that ends there was Closed.</summary>
    public string Otherwise { get; init; } = "";
}

/// <summary>Hours of one day; those over midnight are two entries.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OpenHours
{
    /// <summary>"Mon" to "Sun".</summary>
    public IReadOnlyList<string> Days { get; init; } = [];

    /// <summary>The first minute of the wall clock: "00:00" to "23:59".</summary>
    public string From { get; init; } = "";

    /// <summary>The minute before which it closes: "00:01" to "24:00".</summary>
    public string To { get; init; } = "";
}

/// <summary>Says good-bye, when there is a prompt, and ends the call.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record HangUpStep
{
    public Guid? Prompt { get; init; }
}
