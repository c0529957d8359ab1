using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;

namespace CallCenter.Days;

/// <summary>
/// Plays a trace with the product's own matcher and forecast in virtual time. Offers are answered at once. An agent whose shift ends in a
/// conversation ends it first. Deterministic: the same trace gives the same day.
/// </summary>
internal sealed class Day
{
    public static readonly DateTimeOffset Midnight = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly Trace trace;
    private readonly Pool pool = new();
    private readonly WaitForecasts forecasts = new();
    private readonly PriorityQueue<Event, (long At, long Number)> events = new();
    private readonly DayQueues queues;
    private readonly Worker[] workers;
    private readonly Outcome[] outcomes;
    private long nowMs;
    private long number;

    private Day(Trace trace, Policy policy)
    {
        this.trace = trace;
        outcomes = new Outcome[trace.Calls.Count];
        queues = new DayQueues(trace, policy);
        queues.Records.ForEach(record => pool.Configure(record, Midnight));
        workers = [.. trace.Agents.Select((agent, index) => new Worker(index, queues.View(agent, index)))];
        foreach (var (agent, index) in trace.Agents.Select((agent, index) => (agent, index)))
        {
            pool.Put(workers[index].View, Midnight);
            foreach (var span in agent.Shift)
            {
                Plan(span.FromMs, new Event(What.Comes, index));
                Plan(span.UntilMs, new Event(What.Goes, index));
            }
        }
    }

    private enum What
    {
        /// <summary>An agent begins a part of its shift.</summary>
        Comes,

        /// <summary>An agent ends a part of its shift.</summary>
        Goes,

        /// <summary>An agent's wrap-up is over.</summary>
        Ends,

        /// <summary>A caller's patience is over.</summary>
        GivesUp,
    }

    private DateTimeOffset Now => Midnight.AddMilliseconds(nowMs);

    /// <summary>What became of each call, in the trace's order.</summary>
    public static IReadOnlyList<Outcome> Play(Trace trace, Policy policy)
    {
        var day = new Day(trace, policy);
        day.Play();
        return day.outcomes;
    }

    private void Play()
    {
        var next = 0;
        while (next < trace.Calls.Count || events.Count > 0)
        {
            var planned = events.TryPeek(out _, out var first) ? first.At : long.MaxValue;
            var arrival = next < trace.Calls.Count ? trace.Calls[next].AtMs : long.MaxValue;
            var due = pool.NextDue is { } ripe ? (long)Math.Ceiling((ripe - Midnight).TotalMilliseconds) : long.MaxValue;
            nowMs = Math.Max(nowMs, Math.Min(Math.Min(planned, arrival), due));
            if (due <= nowMs)
            {
                pool.Advance(Now).ForEach(Take);
            }
            else if (planned <= nowMs)
            {
                Handle(events.Dequeue());
            }
            else
            {
                Arrive(next++);
            }
        }

        foreach (var place in pool.Places)
        {
            var call = DayQueues.IndexOf(place.Contact);
            outcomes[call] = outcomes[call] with { WaitMs = nowMs - trace.Calls[call].AtMs };
        }
    }

    private void Handle(Event what)
    {
        switch (what.What)
        {
            case What.Comes:
                workers[what.Index].IsAtWork = true;
                Tell(workers[what.Index]);
                break;
            case What.Goes:
                workers[what.Index].IsAtWork = false;
                Tell(workers[what.Index]);
                break;
            case What.Ends:
                workers[what.Index].IsBusy = false;
                pool.Served(forecasts.Ended(workers[what.Index].View.Agent, Now));
                Tell(workers[what.Index]);
                break;
            default:
                GiveUp(what.Index);
                break;
        }
    }

    private void Arrive(int index)
    {
        var call = trace.Calls[index];
        var queue = queues.Records[call.Queue];
        outcomes[index] = new Outcome(call.Queue, 0, null, null);
        var place = new Place(DayQueues.IdOfCall(index), queue.Tenant, queue.Id, Now, Now, Guid.Empty);
        if (pool.Put(place, Now) is { } match)
        {
            Take(match);
            return;
        }

        if (pool.StandingOf(place.Contact, forecasts.ServiceOf) is { } standing && forecasts.Tell(place, standing, Now) is { } told)
        {
            outcomes[index] = outcomes[index] with { Told = new Told(told.Median, told.Bound) };
        }
        else
        {
            outcomes[index] = outcomes[index] with { IsUntold = true };
        }

        if (call.PatienceMs < long.MaxValue)
        {
            Plan(nowMs + call.PatienceMs, new Event(What.GivesUp, index));
        }
    }

    private void GiveUp(int index)
    {
        if (pool.Find(DayQueues.IdOfCall(index)) is { } place)
        {
            pool.Drop(place.Contact);
            forecasts.Gone(place, isAnswered: false, Now);
            pool.Waited(place, isAnswered: false, Now);
            outcomes[index] = outcomes[index] with { WaitMs = nowMs - trace.Calls[index].AtMs };
        }
    }

    private void Take(Match match)
    {
        var index = DayQueues.IndexOf(match.Place.Contact);
        var call = trace.Calls[index];
        var worker = workers[DayQueues.IndexOf(match.Agent.Agent)];
        outcomes[index] = outcomes[index] with { WaitMs = nowMs - call.AtMs, Agent = worker.Index };
        worker.IsBusy = true;
        worker.View = worker.View with { Contacts = worker.View.Contacts + 1, TalkMs = worker.View.TalkMs + call.TalkMs };
        Tell(worker);
        pool.Return(worker.View.Agent, Now);
        forecasts.Gone(match.Place, isAnswered: true, Now);
        pool.Waited(match.Place, isAnswered: true, Now);
        forecasts.Began(worker.View.Agent, match.Place.Queue, Now);
        pool.Drop(match.Place.Contact);
        Plan(nowMs + call.TalkMs + call.WrapMs, new Event(What.Ends, worker.Index));
    }

    /// <summary>The matcher learns how the agent is now.</summary>
    private void Tell(Worker worker)
    {
        var isFree = worker.IsAtWork && !worker.IsBusy;
        worker.View = worker.View with
        {
            Version = worker.View.Version + 1, IsAtWork = worker.IsAtWork, IsEngaged = worker.IsBusy, CanBeOffered = isFree, IdleSince = isFree ? Now : worker.View.IdleSince,
        };
        if (pool.Put(worker.View, Now) is { } match)
        {
            Take(match);
        }
    }

    private void Plan(long atMs, Event what) => events.Enqueue(what, (atMs, ++number));

    private readonly record struct Event(What What, int Index);

    private sealed class Worker(int index, AgentView view)
    {
        public int Index => index;

        public AgentView View { get; set; } = view;

        public bool IsAtWork { get; set; }

        public bool IsBusy { get; set; }
    }
}

/// <summary>What became of a call.</summary>
/// <param name="WaitMs">Until an agent answered, the caller gave up or the trace was over.</param>
/// <param name="Agent">Who answered; null for nobody.</param>
/// <param name="Told">At entry; null for who was answered at once and while nothing could be said.</param>
internal readonly record struct Outcome(int Queue, long WaitMs, int? Agent, Told? Told)
{
    /// <summary>Had to wait, and nothing could be said of it.</summary>
    public bool IsUntold { get; init; }

    public bool IsAnswered => Agent is not null;
}

/// <summary>What a caller was told at entry.</summary>
/// <param name="MedianMs">As likely longer as shorter.</param>
/// <param name="BoundMs">Four of five callers wait not longer.</param>
internal readonly record struct Told(long MedianMs, long BoundMs);
