using System.Text.Json.Serialization;

namespace CallCenter.Ivr.Flows;

/// <summary>What a caller may choose by a key instead of waiting on; told with each announcement. At least one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record QueueOffers
{
    /// <summary>To be called back when it is the caller's turn; offered while the queue takes callbacks.</summary>
    public CallbackChoice? Callback { get; init; }

    /// <summary>To leave a message, at a voicemail step.</summary>
    public StepChoice? Voicemail { get; init; }

    /// <summary>To go on at another step.</summary>
    public StepChoice? Exit { get; init; }

    [JsonIgnore]
    public IEnumerable<string> Keys => new[] { Callback?.Key, Voicemail?.Key, Exit?.Key }.OfType<string>();

    [JsonIgnore]
    public IEnumerable<string> Steps => new[] { Voicemail?.Step, Exit?.Step }.OfType<string>();
}

/// <summary>A key: 0-9, * or #.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CallbackChoice
{
    public string Key { get; init; } = "";
}

/// <summary>A key and where it leads.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StepChoice
{
    public string Key { get; init; } = "";

    public string Step { get; init; } = "";
}

/// <summary>Where a caller is who pressed a key in the queue.</summary>
internal enum TalkStage
{
    /// <summary>Which key it was.</summary>
    Key,

    /// <summary>The number is read to the caller, who confirms it or gives another.</summary>
    Confirm,

    /// <summary>The caller types a number.</summary>
    Type,

    /// <summary>The gateway is asked whether it may be dialled.</summary>
    Check,

    /// <summary>It may not: the caller hears so and waits on.</summary>
    Refuse,

    /// <summary>The callback has been asked for: thanks and good-bye.</summary>
    Thank,
}

/// <summary>A caller's conversation with the queue, with the number in question.</summary>
internal sealed record CallbackTalk(TalkStage Stage, string? Number = null);
