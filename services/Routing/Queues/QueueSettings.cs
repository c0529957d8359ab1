using CallCenter.Routing.Callbacks;

namespace CallCenter.Routing.Queues;

/// <summary>What is set for a queue, as the API has it; skills are the lowest levels, 1 to 5, that an agent needs.</summary>
/// <param name="Version">The one that was read before the change; without it the change is made whatever was there.</param>
internal sealed record QueueSettings(
    Guid Tenant, string Name, int Priority = 50, Dictionary<string, int>? Skills = null,
    int OfferTimeoutSeconds = 20, int WrapUpSeconds = 15, int ShortAbandonSeconds = 5, bool Record = true,
    ServiceLevel? ServiceLevel = null, string? Greeting = null, IReadOnlyList<DispositionCode>? Codes = null,
    int PopSeconds = 1, string Strategy = nameof(AgentStrategy.LongestIdle), string? SkillRule = null, IReadOnlyList<RelaxSetting>? Relax = null,
    decimal MissedPenalty = 1, int WaitLimitSeconds = 600,
    WaitSetting? MaxWait = null, LengthLimit? MaxLength = null, NoAgentRule? NoAgent = null, IReadOnlyList<OverflowGroup>? Overflow = null,
    CallbackSettings? Callback = null, ReturningSettings? Returning = null, long? Version = null)
{
    /// <summary>Stored settings as they are put.</summary>
    public static QueueSettings Of(QueueRecord queue) => new(
        queue.Tenant, queue.Name, queue.Priority, new Dictionary<string, int>(queue.Skills), queue.OfferTimeoutMs / 1000, queue.WrapUpMs / 1000, queue.ShortAbandonMs / 1000, queue.Record,
        new ServiceLevel(queue.ServiceLevelPercent, queue.ServiceLevelMs / 1000), queue.Greeting, queue.Codes, queue.PopMs / 1000, queue.Strategy.ToString(), queue.SkillRule,
        [.. queue.Relax.Select(step => new RelaxSetting(step.AfterMs / 1000, step.SkillRule))], queue.MissedPenalty, (int)(queue.WaitLimitMs / 1000), queue.MaxWait is { } wait ? new WaitSetting(wait.Ms / 1000, wait.Queue) : null,
        queue.MaxLength, queue.NoAgent, queue.Overflow, CallbackSettings.Of(queue.Callback), ReturningSettings.Of(queue.Returning));

    /// <summary>Settings without errors, as they are stored.</summary>
    public QueueRecord Read(Guid id) => new()
    {
        Id = id,
        Tenant = Tenant,
        Name = Name,
        Priority = Priority,
        Skills = Skills ?? [],
        SkillRule = SkillRule,
        Relax = [.. (Relax ?? []).Select(step => new RelaxStep(step.AfterSeconds * 1000, step.SkillRule))],
        Strategy = Enum.Parse<AgentStrategy>(Strategy),
        OfferTimeoutMs = OfferTimeoutSeconds * 1000,
        WrapUpMs = WrapUpSeconds * 1000,
        ShortAbandonMs = ShortAbandonSeconds * 1000,
        ServiceLevelPercent = (ServiceLevel ?? new()).Percent,
        ServiceLevelMs = (ServiceLevel ?? new()).Seconds * 1000,
        MissedPenalty = MissedPenalty,
        WaitLimitMs = WaitLimitSeconds * 1000L,
        Record = Record,
        Greeting = Greeting?.Trim(),
        Codes = Codes ?? [],
        PopMs = PopSeconds * 1000,
        MaxWait = MaxWait is { } wait ? new WaitLimit(wait.Seconds * 1000, wait.Queue) : null,
        MaxLength = MaxLength,
        NoAgent = NoAgent,
        Overflow = Overflow ?? [],
        Callback = Callback?.Read(),
        Returning = Returning?.Read(),
    };
}

/// <summary>So many percent of contacts answered within so many seconds.</summary>
internal sealed record ServiceLevel(int Percent = 80, int Seconds = 20);

/// <summary>What is asked of agents once a contact has waited so long; without a rule any agent of the queue will do.</summary>
internal sealed record RelaxSetting(int AfterSeconds, string? SkillRule = null);

/// <summary>The longest wait since entry, and the queue where contacts go then; without one the call flow has them.</summary>
internal sealed record WaitSetting(int Seconds, Guid? Queue = null);

/// <summary>Who calls again within so many seconds of a conversation, 1 to 604,800, is offered to its agent first; where that one is not free: "Head", the age of who waits longest, or "Normal".</summary>
internal sealed record ReturningSettings(int Seconds, string Place = ReturningSettings.Normal)
{
    public const string Head = "Head", Normal = "Normal";

    public static ReturningSettings? Of(ReturningCallers? soon) => soon is null ? null : new(soon.WithinMs / 1000, soon.GoesAhead ? Head : Normal);

    /// <summary>Settings without errors, as they are stored.</summary>
    public ReturningCallers Read() => new(Seconds * 1000, Place == Head);

    public IEnumerable<string> Errors()
    {
        if (Seconds is < 1 or > 604_800)
        {
            yield return $"returning.seconds is {Seconds}: 1 to 604800.";
        }

        if (Place is not (Head or Normal))
        {
            yield return $"returning.place is '{Place}': {Head} or {Normal}.";
        }
    }
}
