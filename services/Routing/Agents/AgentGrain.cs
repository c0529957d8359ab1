using System.Diagnostics;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using Orleans;
using Orleans.Runtime;

namespace CallCenter.Routing.Agents;

/// <summary>
/// Applies <see cref="AgentRules"/> to the agent's row: 1. decide, 2. arm the deadline, 3. give row and event to be committed, 4. tell the pool.
/// Pool and contacts are answered before the commit: what they write next is written after it, and the agent is rung when it is durable (<see cref="Has"/>).
/// When a commit fails the activation goes and the next one reads what is true, and tells it to the pool whatever the pool has heard before.
/// </summary>
internal sealed class AgentGrain(IStateStore store, TimeProvider clock, ILogger<AgentGrain> logger) : Grain, IAgentGrain
{
    /// <summary>While something is pending the grain ticks at least this often, so that it is not collected with its deadline.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private AgentRecord? agent;
    private readonly long activation = ActivationOrder.Next(clock);
    private long version;
    private long told;
    private Task reserving = Task.CompletedTask;
    private Guid? given;
    private AgentRecord? kept;
    private IGrainTimer? timer;

    private Guid Id => Guid.Parse(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await store.FindAgent<AgentRecord>(Id, cancellationToken) is { } stored)
        {
            (agent, version) = (stored.State, stored.Version);
        }

        timer = this.RegisterGrainTimer<object?>((_, _) => Tick(), null, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        Arm();
    }

    public Task<AgentMessage?> Read() => Task.FromResult(agent is null || agent.User.Length == 0 ? null : Show(agent));

    public Task Configure(AgentConfiguration configuration)
    {
        var known = agent ?? NewAgent(configuration.Operator);
        if (configuration.Number < known.SettingsNumber)
        {
            return Task.CompletedTask;
        }

        return Become(known with
        {
            Operator = configuration.Operator,
            User = configuration.User,
            Name = configuration.Name,
            Team = configuration.Team,
            Skills = configuration.Skills,
            Queues = configuration.Queues,
            WagePerHour = configuration.WagePerHour,
            SettingsNumber = configuration.Number,
            Turns = known.Turns.Where(turn => configuration.Queues.Exists(entry => entry.Queue == turn.Key)).ToDictionary(),
        }, "Configured", "administrator", clock.Now());
    }

    public Task<string?> Gateway() => Task.FromResult(agent?.Device?.Gateway);

    public async Task<bool> Choose(string status, string? reason, string by)
    {
        if (agent is not { User.Length: > 0 } known)
        {
            return false;
        }

        var next = AgentRules.Choose(known, Enum.Parse<AgentStatus>(status), reason, by, clock.Now());
        await Become(next, "StatusChosen", by, clock.Now());
        if (AgentRules.HasLeft(next))
        {
            _ = Inform(next.Engagement!);
        }

        return true;
    }

    public async Task<bool> KeepLeg(bool wanted, string by)
    {
        if (agent is not { User.Length: > 0 } known)
        {
            return false;
        }

        await Become(known with { StandingLeg = wanted }, "StandingLegChosen", by, clock.Now());
        return true;
    }

    public Task<Reservation> Reserve(EngagementMessage engagement, Guid? turn)
    {
        if (agent is null)
        {
            return Task.FromResult(new Reservation(false, null));
        }

        var next = AgentRules.Reserve(agent, Read(engagement), clock.Now(), turn);
        var isReserved = next != agent;
        if (isReserved)
        {
            reserving = Write(next, "Reserved", "routing", clock.Now());
        }

        return Task.FromResult(new Reservation(isReserved, News(agent)));
    }

    public Task<Guid?> Release(Guid leg, string outcome) =>
        Change(known => AgentRules.Release(known, leg, Enum.Parse<OfferOutcome>(outcome), clock.Now()), outcome, clock.Now());

    public async Task<Rung> Ring(Guid leg, DateTimeOffset deadline, DateTimeOffset at)
    {
        var change = await Change(known => AgentRules.Ring(known, leg, deadline, at), nameof(LegRinging), at);
        return new(agent is not null && AgentRules.IsEngagedWith(agent, leg) && !AgentRules.HasLeft(agent), change);
    }

    public async Task<bool> Has(Guid leg)
    {
        await reserving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return reserving.IsCompletedSuccessfully && agent is not null && AgentRules.IsEngagedWith(agent, leg) && !AgentRules.HasLeft(agent);
    }

    public Task<Guid?> Talk(EngagementMessage engagement, DateTimeOffset at) => Speak(engagement, known => AgentRules.Talk(known, Read(engagement), at), nameof(AgentAnswered), at);

    public Task<Guid?> Consult(EngagementMessage engagement, DateTimeOffset at) => Speak(engagement, known => AgentRules.Consult(known, Read(engagement), at), nameof(ConsultStarted), at);

    public Task<Guid?> Hold(Guid leg, bool held, DateTimeOffset at) =>
        Change(known => AgentRules.Hold(known, leg, held, at), held ? nameof(CallHeld) : nameof(CallResumed), at);

    public Task<Guid?> WrapUp(Guid leg, DateTimeOffset deadline, DateTimeOffset at) =>
        Change(known => AgentRules.WrapUp(known, leg, deadline, at), nameof(WrapUpStarted), at);

    public Task<Guid?> Free(Guid leg, DateTimeOffset at) => Change(known => AgentRules.Free(known, leg, at), nameof(WrapUpEnded), at);

    public async Task Apply(List<EventMessage> messages)
    {
        foreach (var message in messages)
        {
            await Apply(message.Read(), message.Type);
        }
    }

    private Task Apply(DomainEvent e, string type)
    {
        if (agent?.Positions.GetValueOrDefault(e.Source) >= e.Sequence)
        {
            return Task.CompletedTask;
        }

        var known = agent ?? NewAgent(e.Tenant);
        known = known with { Positions = new Dictionary<string, long>(known.Positions) { [e.Source] = e.Sequence } };
        var next = e switch
        {
            DeviceReachable reachable => AgentRules.Reach(known, new Device(reachable.Gateway, reachable.Until), clock.Now()),
            DeviceUnreachable => AgentRules.Unreach(known, clock.Now()),
            _ => known,
        };
        return Become(next, type, "telephony", clock.Now());
    }

    public Task Wake() => TellPool();

    private static EngagementMessage Show(Engagement engagement) => new(engagement.Tenant, engagement.Contact, engagement.Leg);

    private static Engagement Read(EngagementMessage engagement) => new(engagement.Tenant, engagement.Contact, engagement.Leg);

    private static AgentMessage Show(AgentRecord agent) => new(
        agent.Id, agent.User, agent.Name, agent.Status.ToString(), agent.Reason, agent.StatusSince, agent.State.ToString(), agent.StateSince,
        agent.Engagement is null ? null : Show(agent.Engagement), agent.Deadline, agent.Next?.Status.ToString(), agent.Next?.Reason,
        [.. agent.Queues.Select(entry => entry.Queue)], agent.StandingLeg, agent.Team);

    private AgentRecord NewAgent(Guid operatorId)
    {
        var now = clock.Now();
        return new AgentRecord { Id = Id, Operator = operatorId, StatusSince = now, StateSince = now, IdleSince = now };
    }

    private AgentNews News(AgentRecord known) => new(
        known.Id, version, known.CanBeOffered, known.IdleSince, AsIs(known.Skills),
        known.Queues as List<ProfileEntry> ?? [.. known.Queues], known.IsAtWork, known.Engagement is not null, known.Contacts, known.TalkMs, known.WagePerHour, known.IsLoggedIn, known.SettingsNumber, AsIs(known.Turns), activation);

    /// <summary>Nobody changes what is part of a state, so it is not copied.</summary>
    private static Dictionary<TKey, TValue> AsIs<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> part)
        where TKey : notnull => part as Dictionary<TKey, TValue> ?? new(part);

    /// <summary>Waits for no commit; the agent's last change.</summary>
    private async Task<Guid?> Change(Func<AgentRecord, AgentRecord> rule, string cause, DateTimeOffset at)
    {
        if (agent is not null && rule(agent) is var next && next != agent)
        {
            _ = Write(next, cause, "routing", at);
        }

        await TellPool();
        return given;
    }

    /// <summary>The agent is found in conversation: another contact that was being offered goes on looking at once.</summary>
    private async Task<Guid?> Speak(EngagementMessage engagement, Func<AgentRecord, AgentRecord> rule, string cause, DateTimeOffset at)
    {
        var before = agent?.Engagement;
        var change = await Change(rule, cause, at);
        if (before is not null && before.Leg != engagement.Leg)
        {
            _ = Inform(before);
        }

        return change;
    }

    private async Task Become(AgentRecord next, string cause, string by, DateTimeOffset at)
    {
        if (next == agent)
        {
            await TellPool();
            return;
        }

        // The pool need not wait for the commit: what it reserves next is written after it.
        var written = Write(next, cause, by, at);
        await TellPool();
        await written;
    }

    /// <summary>The agent is this from here on; completes when it is durable.</summary>
    private Task Write(AgentRecord next, string cause, string by, DateTimeOffset at)
    {
        var isKept = kept is not null && ReferenceEquals(kept.Skills, next.Skills) && ReferenceEquals(kept.Queues, next.Queues);
        var row = new Row(StateTable.Agents, next.Id, next.Operator, version, RoutingStore.Write(next with { Skills = null!, Queues = null! }), next.IsAtRest)
        {
            Kept = isKept ? null : RoutingStore.Write(new AgentProfile(next.Skills, next.Queues)),
        };
        kept = next;
        var change = new Change([row], EventsOf(next, cause, by, at)) { After = given is { } before ? [before] : [] };
        (agent, version, given) = (next, version + 1, change.Id);
        Arm();
        return Commit(change);
    }

    private async Task Commit(Change change)
    {
        try
        {
            await store.Commit(change);
        }
        catch (Exception failure)
        {
            DeactivateOnIdle();
            _ = FailedCommit.Wake(failure, GrainFactory.GetGrain<IAgentGrain>(this.GetPrimaryKeyString()).Wake, this.GetPrimaryKeyString(), clock, logger);
            throw;
        }
    }

    private IReadOnlyList<DomainEvent> EventsOf(AgentRecord next, string cause, string by, DateTimeOffset at)
    {
        var previous = (agent ?? NewAgent(next.Operator)).Snapshot();
        var current = next.Snapshot();
        if (previous with { Deadline = null } == current with { Deadline = null })
        {
            return [];
        }

        var occurredAt = current.State != previous.State ? current.StateSince : current.Status != previous.Status ? current.StatusSince : at;
        return [new AgentChanged(previous, current, cause, by) { Tenant = next.Operator, Stream = next.Id, OccurredAt = occurredAt, TraceParent = Activity.Current?.Id }];
    }

    /// <summary>The pool hears of every version, of a reservation by its answer; when it does not answer, the next tick tries again.</summary>
    private async Task TellPool()
    {
        if (agent is null || told >= version)
        {
            return;
        }

        try
        {
            var news = News(agent);
            await GrainFactory.GetGrain<IPoolGrain>(Keys.Pool).AgentChanged(news);
            told = Math.Max(told, news.Version);
        }
#pragma warning disable CA1031 // The agent's change is durable; only the pool's knowledge of it is late.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.PoolNotTold(logger, Id, failure);
            timer!.Change(RetryPause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Not waited for: the contact may be waiting for this very grain. Should the word be lost, its own deadline gives the place back.</summary>
    private async Task Inform(Engagement engagement)
    {
        try
        {
            await GrainFactory.GetGrain<IContactGrain>(Keys.OfTenant(engagement.Tenant, engagement.Contact)).AgentLeft(engagement.Leg);
        }
#pragma warning disable CA1031 // The contact's own deadline does the same, later.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, engagement.Tenant, engagement.Contact, failure);
        }
    }

    private void Arm()
    {
        if (agent is null || (agent.Deadline is null && agent.Device is null))
        {
            return;
        }

        var next = agent.Deadline ?? DateTimeOffset.MaxValue;
        next = agent.Device is { } device && device.Until < next ? device.Until : next;
        var wait = next - clock.GetUtcNow();
        timer!.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestSleep ? LongestSleep : wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is due: a device whose registration ended, a state whose owner has to be asked.</summary>
    private async Task Tick()
    {
        var now = clock.Now();
        if (agent?.Device is { } device && device.Until <= now)
        {
            await Become(AgentRules.Unreach(agent, now), "RegistrationEnded", "rule", now);
        }

        var isAnswered = agent is not { Engagement: { } engagement, Deadline: { } deadline } || deadline > now || await AskOwner(engagement, now);
        await TellPool();
        if (isAnswered && told >= version)
        {
            Arm();
        }
    }

    /// <summary>A deadline passed: the contact says what is true, and the agent is that; false when it cannot be asked now.</summary>
    private async Task<bool> AskOwner(Engagement engagement, DateTimeOffset now)
    {
        try
        {
            var truth = await GrainFactory.GetGrain<IContactGrain>(Keys.OfTenant(engagement.Tenant, engagement.Contact)).TruthOf(engagement.Leg);
            var next = truth.Goes switch
            {
                true => AgentRules.Extend(agent!, Later(truth.Deadline, now) + AgentRules.Grace),
                false when AgentRules.IsBeforeAnswer(agent!) => AgentRules.Release(agent!, engagement.Leg, OfferOutcome.Lapsed, now),
                false => AgentRules.Free(agent!, engagement.Leg, now),
            };
            await Become(next, "DeadlinePassed", "rule", now);
            return true;
        }
#pragma warning disable CA1031 // Asked again soon.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, engagement.Tenant, engagement.Contact, failure);
            timer!.Change(RetryPause, Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
