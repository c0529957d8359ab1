using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Callbacks;

/// <summary>Hours of a queue with the matcher and the callback's rules: what callbacks do to those who stay on the line.</summary>
public class CallbackTraceTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private const int Seed = 20261102;

    [Fact]
    public void Live_callers_wait_as_if_nobody_had_taken_a_callback()
    {
        var worst = 0.0;
        for (var number = 0; number < 40; number++)
        {
            var trace = Trace.Random(new Random(Seed + number));
            var stayed = new Hours(trace, Answers.OnTheLine).Run();
            var calledBack = new Hours(trace, Answers.Always).Run();
            calledBack.Callbacks.ShouldBeGreaterThan(0, $"seed {Seed + number}");
            var (before, after) = (stayed.MeanWait(trace), calledBack.MeanWait(trace));
            var difference = before == 0 ? 0 : Math.Abs(after - before) / before;
            worst = Math.Max(worst, difference);
            difference.ShouldBeLessThanOrEqualTo(0.02, $"seed {Seed + number}: {before:F1} s and {after:F1} s");
        }

        output.WriteLine($"40 traces from seed {Seed}: live callers' mean wait differs by at most {worst:P2}");
    }

    /// <summary>An agent waits while the customer's phone rings: live callers wait as if those talks had been so much longer, and no more.</summary>
    [Fact]
    public void The_price_of_a_callback_is_the_ringing_and_nothing_else()
    {
        const double rings = 5;
        var (worst, stayedSum, calledSum) = (0.0, 0.0, 0.0);
        for (var number = 0; number < 40; number++)
        {
            var trace = Trace.Random(new Random(Seed + number));
            var calledBack = new Hours(trace, Answers.Always, rings).Run();
            var longer = trace with { Calls = [.. trace.Calls.Select(call => calledBack.TookCallback(call) ? call with { Service = call.Service + rings } : call)] };
            var (expected, wait) = (new Hours(longer, Answers.OnTheLine).Run().MeanWait(trace), calledBack.MeanWait(trace));
            var difference = expected == 0 ? 0 : Math.Abs(wait - expected) / expected;
            worst = Math.Max(worst, difference);
            difference.ShouldBeLessThanOrEqualTo(0.02, $"seed {Seed + number}: {expected:F1} s and {wait:F1} s");
            stayedSum += new Hours(trace, Answers.OnTheLine).Run().MeanWait(trace);
            calledSum += wait;
        }

        output.WriteLine($"40 traces from seed {Seed}, {rings} s of ringing: at most {worst:P2} from talks that are so much longer; {calledSum / stayedSum - 1:P1} more than with an answer at once");
    }

    /// <summary>Named regression: callback starves live callers.</summary>
    [Fact]
    public void Callbacks_that_nobody_answers_do_not_starve_live_callers()
    {
        for (var number = 0; number < 20; number++)
        {
            var trace = Trace.Random(new Random(Seed + number));
            var hours = new Hours(trace, Answers.Never).Run();
            hours.Dials.ShouldBeLessThanOrEqualTo(hours.Callbacks * new CallbackOffer().Tries, $"seed {Seed + number}");
            hours.Overtaken.ShouldBe(0, $"seed {Seed + number}: a callback went before a caller who had waited longer");
            hours.MostDialling.ShouldBeLessThanOrEqualTo(trace.Agents, $"seed {Seed + number}");
            hours.Waits.Count.ShouldBe(trace.Calls.Count(call => call.LeavesAfter is null || !hours.TookCallback(call)), $"seed {Seed + number}: every live caller is answered");
        }
    }

    private enum Answers { OnTheLine, Always, Never }

    /// <param name="LeavesAfter">Seconds of waiting after which the caller asks to be called back; null: stays on the line.</param>
    private sealed record Call(Guid Id, double At, double Service, double? LeavesAfter);

    private sealed record Trace(int Agents, IReadOnlyList<Call> Calls)
    {
        public static Trace Random(Random random)
        {
            var agents = random.Next(2, 12);
            var load = 0.85 + (random.NextDouble() * 0.2);
            var calls = new List<Call>();
            for (var at = 0.0; at < 3 * 3600;)
            {
                at += -Math.Log(1 - random.NextDouble()) * 180 / (agents * load);
                calls.Add(new Call(NewId(random), at, 30 + (-Math.Log(1 - random.NextDouble()) * 150), random.Next(4) == 0 ? random.Next(5, 60) : null));
            }

            return new Trace(agents, calls);
        }

        private static Guid NewId(Random random)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }

    /// <summary>The trace played: one queue, its agents, callers who leave the line; a callback that is never answered rings 30 s.</summary>
    /// <param name="rings">Seconds until a customer who is called back answers.</param>
    private sealed class Hours(Trace trace, Answers answers, double rings = 0)
    {
        private readonly Pool pool = new();
        private readonly Guid queue = Guid.NewGuid();
        private readonly Guid tenant = Guid.NewGuid();
        private readonly PriorityQueue<Action, (double, long)> events = new();
        private readonly Dictionary<Guid, (Call Call, ContactState? Callback)> known = [];
        private readonly HashSet<Guid> tookCallback = [];
        private double now;
        private long order;
        private long version;
        private int dialling;

        public Dictionary<Guid, double> Waits { get; } = [];

        public int Callbacks => tookCallback.Count;

        public int Dials { get; private set; }

        public int MostDialling { get; private set; }

        public int Overtaken { get; private set; }

        public bool TookCallback(Call call) => tookCallback.Contains(call.Id);

        /// <summary>Of those who stay on the line in either run, in seconds.</summary>
        public double MeanWait(Trace of) => of.Calls.Where(call => call.LeavesAfter is null).Average(call => Waits[call.Id]);

        public Hours Run()
        {
            pool.Configure(new QueueRecord { Id = queue, Tenant = tenant, Name = "Q" }, Now);
            for (var i = 0; i < trace.Agents; i++)
            {
                Free(new Guid(i + 1, 0, 0, new byte[8]));
            }

            foreach (var call in trace.Calls)
            {
                At(call.At, () => Arrive(call));
            }

            while (events.TryDequeue(out var next, out var due))
            {
                now = due.Item1;
                next();
            }

            return this;
        }

        private DateTimeOffset Now => Start.AddMilliseconds(Math.Round(now * 1000));

        private void At(double at, Action work) => events.Enqueue(work, (at, order++));

        private void Arrive(Call call)
        {
            known[call.Id] = (call, null);
            Take(pool.Put(new Place(call.Id, tenant, queue, Now, Now, call.Id), Now));
            if (call.LeavesAfter is { } patience && answers != Answers.OnTheLine && pool.Find(call.Id) is not null)
            {
                At(now + patience, () => Leave(call));
            }
        }

        /// <summary>The caller leaves the line: as the contact's rules say.</summary>
        private void Leave(Call call)
        {
            if (pool.Find(call.Id) is not { } place)
            {
                return;
            }

            tookCallback.Add(call.Id);
            var waiting = new ContactState
            {
                Id = call.Id, Tenant = tenant, Called = "+2", Queue = queue, QueuedAt = place.EnteredAt, FirstQueuedAt = place.EnteredAt, PlaceSince = place.Since,
            };
            var decision = ContactRules.Apply(waiting, new CallbackRequested(queue, "+1", "fi") { OccurredAt = Now, Source = "ivr" });
            decision.Effects.ShouldContain(effect => effect is LeavePool);
            pool.Drop(call.Id);
            var planned = decision.Effects.OfType<PlanCallback>().Single();
            Plan(call, planned.Contact, planned.Plan with { Until = Now.AddHours(12) });
        }

        private void Plan(Call call, Guid id, CallbackPlan plan)
        {
            var begun = CallbackRules.Begin(new ContactState { Id = id, Tenant = tenant }, plan, Now);
            if (plan.DueAt <= Now)
            {
                Place(call, CallbackRules.Due(begun.State));
            }
            else
            {
                At((plan.DueAt - Start).TotalSeconds, () => Place(call, CallbackRules.Due(begun.State)));
            }
        }

        private void Place(Call call, Decision decision)
        {
            var place = decision.Effects.OfType<Enqueue>().Single();
            known[decision.State.Id] = (call, decision.State);
            Take(pool.Put(new Place(decision.State.Id, tenant, queue, place.EnteredAt, place.Since, place.Cause), Now));
        }

        private void Take(Match? match)
        {
            if (match is null)
            {
                return;
            }

            var (call, callback) = known[match.Place.Contact];
            Overtaken += callback is null ? 0 : pool.Places.Count(place => place.Contact != match.Place.Contact && known[place.Contact].Callback is null && place.Since < match.Place.Since);
            pool.Drop(match.Place.Contact);
            pool.Put(View(match.Agent.Agent, isFree: false), Now);
            pool.Return(match.Agent.Agent, Now);
            if (callback is null)
            {
                Waits[call.Id] = now - call.At;
            }

            if (callback is not null && answers == Answers.Never)
            {
                Ring(match.Agent.Agent, call, callback);
            }
            else
            {
                At(now + call.Service + (callback is null ? 0 : rings), () => Free(match.Agent.Agent));
            }
        }

        private void Ring(Guid agent, Call call, ContactState callback)
        {
            Dials++;
            MostDialling = Math.Max(MostDialling, ++dialling);
            var dialled = callback with { Callback = callback.Callback! with { DialledAt = Now, Refusal = LegRefusal.NoAnswer } };
            At(now + 30, () =>
            {
                dialling--;
                Free(agent);
                if (CallbackRules.Next(dialled, Now) is { } next)
                {
                    Plan(call, CallbackRules.IdAfter(callback.Id), next);
                }
            });
        }

        private void Free(Guid agent) => Take(pool.Put(View(agent, isFree: true), Now));

        private AgentView View(Guid agent, bool isFree) => new(agent, ++version, isFree, Now, new Dictionary<string, int>(), [new ProfileEntry(queue)]);
    }
}
