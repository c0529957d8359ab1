using System.Diagnostics;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace CallCenter.Routing.Pools;

/// <summary>
/// Keeps the places and makes the offers. Memory is changed first, in one go, and the commits follow in the same order; a contact does not wait
/// for them, what it writes stands on them. An offer: 1. <see cref="Pool"/> matches; 2. the agent's grain reserves; 3. place and offer are given to be
/// committed; 4. the contact's grain rings the agent when that is durable. When a commit fails the activation goes and the next one reads what is true.
/// </summary>
[Reentrant]
internal sealed partial class PoolGrain(IStateStore store, TimeProvider clock, Telemetry telemetry, ILogger<PoolGrain> logger) : Grain, IPoolGrain, IRemindable
{
    private const string KeepAlive = "keep-alive";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>How long a caller waits for the agent who was cut off before the queue's next has it.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Pool pool = new();
    private readonly WaitForecasts forecasts = new();
    private readonly Dictionary<Guid, long> versions = [];
    private readonly Dictionary<Guid, Guid> given = [];
    private readonly KnownTenants tenants = new(store);
    private readonly List<Match> found = [];
    private IGrainTimer? due;
    private DateTimeOffset? armed;
    private Fence fence = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var loaded = await PoolLoad.Read(store, this.GetPrimaryKeyString(), cancellationToken);
        fence = new Fence(this.GetPrimaryKeyString(), loaded.Epoch);
        tenants.Load(loaded.Tenants);
        due = this.RegisterGrainTimer<object?>((_, _) => Due(), null, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        Recall(loaded.Learned);
        found.AddRange(loaded.Fill(pool, versions, clock.Now()));
        pool.Places.ToList().ForEach(telemetry.Waits);
        Log.PoolLoaded(logger, fence.Pool, fence.Epoch, loaded.Places.Count, loaded.Contacts.Count, loaded.Agents.Count);

        // Not waited for: those who are woken call this grain, which answers once it is active.
        _ = Guard(() => Begin(loaded), Guid.Empty, Guid.Empty);
    }

    public async Task<Placed> Enqueue(PlaceMessage place)
    {
        var settings = pool.Settings(place.Tenant, place.Queue);
        var known = pool.Find(place.Contact);
        if (known?.Cause == place.Cause)
        {
            return new(settings.ShortAbandonMs, Given(place.Contact));
        }

        await tenants.Know(fence, place.Tenant);
        var asked = new Place(place.Contact, place.Tenant, place.Queue, place.EnteredAt, place.Since, place.Cause, Activity.Current?.Id) { For = place.For, Priority = place.Priority, IsCallback = place.IsCallback };
        var next = await KnownCallers.Remember(store, settings, asked, place.Caller, pool.Figures(place.Queue).Since);
        // Who comes with an age was in a queue or conversation already: it is not sent away for being late.
        var isFull = place is { IsCallback: false } && place.Since >= place.EnteredAt && pool.IsFull(place.Tenant, place.Queue);
        var match = Put(next, heldBack: isFull);
        var queued = new ContactQueued(
            place.Queue, (long)(place.EnteredAt - next.Since).TotalMilliseconds, settings.ShortAbandonMs, settings.ServiceLevelMs)
        {
            OccurredAt = place.EnteredAt, Causation = place.Cause,
        };
        if (next.For is not null)
        {
            After(KeepFor, () => Unkeep(next));
        }

        var saved = Save(next, [.. EndOfOffers(known, OfferOutcome.CallerGone), queued]);
        Offer(match);
        if (isFull)
        {
            Depart(new(next, QueueRule.MaxLength, settings.MaxLength!.Queue));
        }

        return new(settings.ShortAbandonMs, saved.Change);
    }

    public Task<Guid?> Leave(Guid contact)
    {
        if (pool.Find(contact) is not { } place)
        {
            return Task.FromResult<Guid?>(null);
        }

        Gone(place, isAnswered: false);
        return Task.FromResult<Guid?>(End(place, EndOfOffers(place, OfferOutcome.CallerGone)).Change);
    }

    public Task<Guid?> Accept(Guid contact, Guid leg)
    {
        if (pool.Find(contact) is not { } place)
        {
            return Task.FromResult<Guid?>(null);
        }

        var offer = place.Offers.FirstOrDefault(one => one.Leg == leg);
        if (offer is not null)
        {
            forecasts.Began(offer.Agent, place.Queue, clock.Now());
        }

        Gone(place, offer is not null);
        return Task.FromResult<Guid?>(End(place, [.. place.Offers.Select(one => Ended(place, one, one == offer ? OfferOutcome.Accepted : offer is null ? OfferOutcome.Failed : OfferOutcome.AnsweredElsewhere))]).Change);
    }

    public Task<Guid?> EndOffer(Guid contact, Guid leg, string outcome, int pauseMs)
    {
        if (pool.Find(contact) is not { } place || place.Offers.FirstOrDefault(one => one.Leg == leg) is not { } offer)
        {
            return Task.FromResult(Given(contact));
        }

        var how = Enum.Parse<OfferOutcome>(outcome);
        // A phone that is not there yet may come; an agent who does not answer has had the chance.
        var next = place.Without(leg) with { For = how == OfferOutcome.Unreachable ? place.For : null };
        return Task.FromResult<Guid?>(GoOn(next, [Ended(place, offer, how)], TimeSpan.FromMilliseconds(pauseMs)));
    }

    public Task<Guid?> Narrow(Guid contact, Guid leg)
    {
        if (pool.Find(contact) is not { Round.IsAccepted: false } place)
        {
            return Task.FromResult(Given(contact));
        }

        // An offer that is not known here has ended here and not there: what the contact makes of it is seen after a pause.
        var next = place.Narrow(leg);
        return Task.FromResult<Guid?>(GoOn(next, [.. place.Offers.Where(one => one.Leg != leg).Select(one => Ended(place, one, OfferOutcome.AnsweredElsewhere))], ContactRules.CommandFailurePause));
    }

    public Task AgentChanged(AgentNews news)
    {
        if (!news.IsEngaged)
        {
            pool.Served(forecasts.Ended(news.Agent, clock.Now()));
        }

        Offer(Now(now => pool.Put(View(news), now)));
        return Task.CompletedTask;
    }

    public Task Wake() => Task.CompletedTask;

    private static IReadOnlyList<ContactEvent> EndOfOffers(Place? place, OfferOutcome outcome) => [.. (place?.Offers ?? []).Select(offer => Ended(place!, offer, outcome))];

    private static OfferEnded Ended(Place place, PlaceOffer offer, OfferOutcome outcome) => new(place.Queue, offer.Agent, outcome) { Leg = offer.Leg };

    /// <summary>The contact keeps its place; when it is offered to nobody it looks for an agent, after the pause.</summary>
    private Guid GoOn(Place next, IReadOnlyList<ContactEvent> events, TimeSpan pause)
    {
        var match = Put(next, heldBack: pause > TimeSpan.Zero);
        var saved = Save(next, events);
        Offer(match);
        if (pause > TimeSpan.Zero && !next.IsOffered)
        {
            After(pause, () => Offer(ReferenceEquals(pool.Find(next.Contact), next) ? Put(next) : null));
        }

        return saved.Change;
    }

    /// <summary>After the load: every contact and agent of whom something is pending is activated, so that its deadlines are armed; offers go on.</summary>
    private async Task Begin(PoolLoad loaded)
    {
        foreach (var match in found)
        {
            Offer(match);
        }

        foreach (var (place, offer) in pool.Places.SelectMany(place => place.Offers.Select(offer => (place, offer))).ToList())
        {
            _ = Ring(place, offer);
        }

        foreach (var place in pool.Places.Where(place => place.Moved is not null).ToList())
        {
            _ = Guard(() => TellMoved(place), place.Tenant, place.Contact);
        }

        Now(_ => 0);
        Watch();
        _ = Awaken(() => GrainFactory.GetGrain<ISettingsGrain>(Keys.Pool).Wake(), Guid.Empty, Guid.Empty);

        foreach (var agent in loaded.Agents)
        {
            _ = Awaken(() => GrainFactory.GetGrain<IAgentGrain>(agent.State.Id.ToString()).Wake(), agent.State.Operator, agent.State.Id);
        }

        foreach (var contact in loaded.Contacts)
        {
            _ = Awaken(() => Contact(contact.State.Tenant, contact.State.Id).Wake(), contact.State.Tenant, contact.State.Id);
        }

        await this.RegisterOrUpdateReminder(KeepAlive, ReminderPeriod, ReminderPeriod);
    }

    /// <summary>Called again until it answers, with the database: nobody else may have a reason to.</summary>
    private async Task Awaken(Func<Task> wake, Guid tenant, Guid about)
    {
        try
        {
            await wake();
        }
#pragma warning disable CA1031 // Called again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.PoolWorkFailed(logger, tenant, about, failure);
            After(RetryPause, () => _ = Awaken(wake, tenant, about));
        }
    }

    private Saved End(Place place, IReadOnlyList<ContactEvent> events)
    {
        pool.Drop(place.Contact);
        telemetry.WaitsNoMore(place.Contact);
        return Save(place, events, delete: true);
    }

    /// <summary>The last change of the place that is there; null when it has not been changed here.</summary>
    private Guid? Given(Guid contact) => given.TryGetValue(contact, out var change) ? change : null;

    private Saved Save(Place place, IReadOnlyList<ContactEvent> events, bool delete = false)
    {
        var expected = versions.GetValueOrDefault(place.Contact);
        var row = new Row(StateTable.Places, place.Contact, place.Tenant, expected, delete ? null : RoutingStore.Write(place), AtRest: false);
        var now = clock.Now();
        var told = events.Select(DomainEvent (e) => e with
        {
            Tenant = place.Tenant,
            Stream = place.Contact,
            OccurredAt = e.OccurredAt == default ? now : e.OccurredAt,
            TraceParent = Activity.Current?.Id,
        });
        var change = new Change([row], [.. told], fence) { After = Given(place.Contact) is { } before ? [before] : [] };
        if (delete)
        {
            versions.Remove(place.Contact);
            given.Remove(place.Contact);
        }
        else
        {
            (versions[place.Contact], given[place.Contact]) = (expected + 1, change.Id);
        }

        return new(change.Id, Commit(change));
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
            _ = FailedCommit.Wake(failure, GrainFactory.GetGrain<IPoolGrain>(this.GetPrimaryKeyString()).Wake, Keys.Pool, clock, logger);
            throw;
        }
    }

    private Match? Put(Place place, bool heldBack = false)
    {
        telemetry.Waits(place);
        return Now(now => pool.Put(place, now, heldBack));
    }

    /// <summary>Whatever is due comes first; then the work, at the same moment; then the timer is set for what is due next.</summary>
    private T Now<T>(Func<DateTimeOffset, T> work)
    {
        var now = clock.Now();
        pool.Advance(now).ForEach(Offer);
        var done = work(now);
        pool.Depart(now).ForEach(Depart);
        Arm();
        return done;
    }

    private Task Due()
    {
        armed = null;
        Now(_ => 0);
        return Task.CompletedTask;
    }

    private void Arm()
    {
        if (pool.NextDue is var next && next != armed)
        {
            armed = next;
            var wait = next - clock.GetUtcNow();
            due!.Change(wait switch { null => Timeout.InfiniteTimeSpan, { Ticks: < 0 } => TimeSpan.Zero, { } ahead => ahead }, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The agent did not come back in time: the queue's next has the caller.</summary>
    private void Unkeep(Place kept)
    {
        if (pool.Find(kept.Contact) is { For: not null } place && place.Cause == kept.Cause)
        {
            Offer(Put(place with { For = null }));
        }
    }

    private IContactGrain Contact(Guid tenant, Guid contact) => GrainFactory.GetGrain<IContactGrain>(Keys.OfTenant(tenant, contact));

    private void After(TimeSpan pause, Action action) => this.RegisterGrainTimer(
        (then, _) =>
        {
            then();
            return Task.CompletedTask;
        },
        action,
        new GrainTimerCreationOptions(pause, Timeout.InfiniteTimeSpan) { Interleave = true });

    private async Task Guard(Func<Task> work, Guid tenant, Guid about)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Nobody waits for it; deadlines and the next activation put right what was left.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.PoolWorkFailed(logger, tenant, about, failure);
        }
    }

    /// <param name="Written">Completes when the change is durable.</param>
    private readonly record struct Saved(Guid Change, Task Written);
}
