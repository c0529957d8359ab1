using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Ledger;
using CallCenter.Reporting.Reports;
using CallCenter.Reporting.Tests.Api;
using CallCenter.Reporting.Tests.Contacts;
using CallCenter.Reporting.Tests.Ledger;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>
/// Days of random calls and shifts over both daylight-saving changes in a real database: every figure of every period against
/// tallies kept while they were played, and the identities that must hold to the millisecond.
/// </summary>
[Trait("needs", "server")]
public sealed class RandomDaysTests(PostgresFixture postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Contacts = 800;
    private static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
    private static readonly Guid Tenant = Script.Id(101), Other = Script.Id(102);
    private ReportingDatabase _reporting = null!;

    public static TheoryData<string, int> Changes => new() { { "2026-03-28T22:00:00Z", 20260329 }, { "2026-10-24T21:00:00Z", 20261025 } };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _reporting = await ReportingDatabase.Start(postgres);

    public ValueTask DisposeAsync() => _reporting.DisposeAsync();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Queue_figures_are_what_happened(string day, int seed)
    {
        var (from, random) = (DateTimeOffset.Parse(day, null), Seeded(seed));
        var calls = await Play(from, random);
        foreach (var (interval, start, end) in Ranges(from))
        {
            var range = new ReportRange(Helsinki, Intervals.Borders(start, end, interval, Helsinki, ReportRange.MostPeriods)!, null);
            var told = await new ReportQueries(_reporting.Database).Queues(Tenant, range, Ct);

            var truth = calls.Where(c => c.Script.Tenant == Tenant).SelectMany(c => c.Entries).Where(e => At(e.EnteredAt) >= start && At(e.EnteredAt) < end)
                .GroupBy(e => (e.Queue, Period: HelsinkiClock.PeriodOf(At(e.EnteredAt), interval))).ToDictionary(g => g.Key, Sum);
            told.ToDictionary(c => (c.Subject, HelsinkiClock.PeriodOf(range.Period(c.Period).From, interval)), c => c.Sums).ShouldBe(truth, ignoreOrder: true, $"{interval} {start:O} {end:O}");
            told.ShouldAllBe(c => c.Sums.Offered == c.Sums.Answered + c.Sums.Abandoned + c.Sums.ShortAbandoned + c.Sums.FlowOut + c.Sums.TimedOut + c.Sums.NoAgent + c.Sums.Failed + c.Sums.StillWaiting);
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Agent_figures_are_what_happened(string day, int seed)
    {
        var (from, random) = (DateTimeOffset.Parse(day, null), Seeded(seed));
        var calls = await Play(from, random);
        var shifts = RandomCall.Agents.Select(a => RandomShift.Play(a, [Tenant, Other], Ms(from.AddHours(-8)), Ms(from.AddHours(random.Next(10, 34))), random)).ToList();
        await _reporting.Keep([.. shifts.SelectMany(s => s.Shift.Events)]);
        await _reporting.Rebuild.Run([ReportingHost.Operator], Ct);
        foreach (var (interval, start, end) in Ranges(from))
        {
            string[]? teams = random.Next(2) == 0 ? null : random.Next(2) == 0 ? ["North"] : ["North", "South"];
            var range = new ReportRange(Helsinki, Intervals.Borders(start, end, interval, Helsinki, ReportRange.MostPeriods)!, null) { Teams = teams };
            var now = end.AddMinutes(random.Next(-300, 60));
            var queries = new ReportQueries(_reporting.Database);

            var told = AgentFigures.Join(await queries.AgentTime(ReportingHost.Operator, Tenant, range, now, Ct), await queries.AgentLegs(ReportingHost.Operator, [Tenant], range, Ct), ofTenantOnly: false);

            var stretches = shifts.SelectMany(s => s.Stretches).ToList();
            bool IsAsked(string? team) => teams is null || (team is not null && teams.Contains(team));
            var truth = Time([.. stretches.Where(s => IsAsked(s.Team))], interval, start, end, now);
            Count(calls.Where(c => c.Script.Tenant == Tenant).SelectMany(c => c.Legs), (agent, at) => IsAsked(TeamAt(stretches, agent, at)), interval, start, end, truth);
            told.ToDictionary(c => (c.Subject, HelsinkiClock.PeriodOf(range.Period(c.Period).From, interval)), c => c.Sums).ShouldBe(truth, ignoreOrder: true, $"{interval} {start:O} {end:O}");
            var loggedIn = stretches.Where(s => s.IsLoggedIn && IsAsked(s.Team)).Sum(s => Math.Max(0, Math.Min(s.Until(Ms(now)), Ms(end)) - Math.Max(s.From, Ms(start))));
            told.Sum(c => c.Sums.LoggedInMs).ShouldBe(loggedIn, "the states of all slots add up to the logged-in time");
        }
    }

    [Fact]
    public async Task Rebuild_gives_the_same_bytes_as_event_by_event()
    {
        var random = Seeded(7);
        var events = Enumerable.Range(0, 60).SelectMany(n => Shuffle.Sources(RandomCall.Play(n, Tenant, n * 1_000, random).Script.Events, random)).ToList();
        var shifts = RandomCall.Agents.Take(3).SelectMany(a => RandomShift.Play(a, [Tenant, Other], 0, 20_000_000, random).Shift.Events).ToList();
        await _reporting.Record(events);
        await _reporting.Record(shifts);
        var before = await _reporting.Projections([Tenant, ReportingHost.Operator]);

        var result = await _reporting.Rebuild.Run([Tenant, ReportingHost.Operator], Ct);

        (result.Contacts, result.Agents).ShouldBe((60, 3));
        (await _reporting.Projections([Tenant, ReportingHost.Operator])).ShouldBe(before);
    }

    /// <summary>Calls of two tenants over a day and a half, some at borders to the millisecond; folded from the ledger.</summary>
    private async Task<List<RandomCall>> Play(DateTimeOffset from, Random random)
    {
        var calls = Enumerable.Range(0, Contacts).Select(n =>
        {
            var start = Ms(from.AddHours(-6)) + random.NextInt64(36L * 3_600_000);
            return RandomCall.Play(n, n % 10 == 0 ? Other : Tenant, random.Next(4) == 0 ? start - start % 900_000 : start, random);
        }).ToList();
        await _reporting.Keep([.. calls.SelectMany(c => c.Script.Events)]);
        await _reporting.Rebuild.Run([Tenant, Other], Ct);
        return calls;
    }

    /// <summary>Whole days, and ranges that begin and end anywhere.</summary>
    private static IEnumerable<(Interval, DateTimeOffset, DateTimeOffset)> Ranges(DateTimeOffset midnight) =>
        from interval in Enum.GetValues<Interval>()
        from range in new[] { (midnight, midnight.AddHours(25)), (midnight.AddHours(-6).AddMilliseconds(12_345), midnight.AddHours(29).AddMilliseconds(1)) }
        select (interval, range.Item1, range.Item2);

    private static QueueSums Sum(IEnumerable<TrueEntry> entries)
    {
        var all = entries.ToList();
        long Of(QueueOutcome outcome) => all.Count(e => e.Outcome == outcome);
        var legs = all.SelectMany(e => e.Legs).ToList();
        return new QueueSums
        {
            Offered = all.Count, Answered = Of(QueueOutcome.Answered), Abandoned = Of(QueueOutcome.Abandoned), ShortAbandoned = Of(QueueOutcome.ShortAbandoned),
            FlowOut = Of(QueueOutcome.FlowOut), TimedOut = Of(QueueOutcome.TimedOut), NoAgent = Of(QueueOutcome.NoAgent), Failed = Of(QueueOutcome.Failed), StillWaiting = Of(QueueOutcome.StillWaiting),
            AnsweredWithin = all.Count(e => e.Outcome == QueueOutcome.Answered && e.WaitMs <= e.ServiceLevelMs),
            AbandonedWithin = all.Count(e => e.Outcome == QueueOutcome.Abandoned && e.WaitMs <= e.ServiceLevelMs),
            WaitMs = all.Where(e => e.Outcome == QueueOutcome.Answered).Sum(e => e.WaitMs),
            LongestWaitMs = all.Max(e => e.Outcome == QueueOutcome.StillWaiting ? 0 : e.WaitMs),
            Legs = legs.Count, Held = legs.Count(l => l.Holds > 0), Transferred = legs.Count(l => l.Transferred),
            TalkMs = legs.Sum(l => l.TalkMs), HoldMs = legs.Sum(l => l.HoldMs), WrapUpMs = legs.Sum(l => l.WrapUpMs),
        };
    }

    /// <summary>Cuts each stretch at every quarter of an hour and puts the pieces into their periods.</summary>
    private static Dictionary<(Guid, string), AgentSums> Time(IReadOnlyList<TrueStretch> stretches, Interval interval, DateTimeOffset start, DateTimeOffset end, DateTimeOffset now)
    {
        const long quarter = 900_000;
        var sums = new Dictionary<(Guid, string), AgentSums>();
        foreach (var s in stretches.Where(s => s.IsLoggedIn))
        {
            var last = Math.Min(s.Until(Ms(now)), Ms(end));
            for (var at = Math.Max(s.From, Ms(start)); at < last;)
            {
                var next = Math.Min(last, at + quarter - (Script.Start.ToUnixTimeMilliseconds() + at) % quarter);
                var key = (s.Agent, HelsinkiClock.PeriodOf(At(at), interval));
                sums[key] = Add(sums.GetValueOrDefault(key, new AgentSums()), s, next - at);
                at = next;
            }
        }

        return sums;
    }

    private static AgentSums Add(AgentSums sums, TrueStretch s, long ms)
    {
        var mine = s.Tenant == Tenant ? ms : 0;
        var busy = sums with { BusyMs = sums.BusyMs + ms };
        return s.State switch
        {
            AgentState.Talking => busy with { TalkMs = sums.TalkMs + mine },
            AgentState.Hold => busy with { HoldMs = sums.HoldMs + mine },
            AgentState.Consulting => busy with { ConsultMs = sums.ConsultMs + mine },
            AgentState.WrapUp => busy with { WrapUpMs = sums.WrapUpMs + mine },
            AgentState.Idle when s.Status == AgentStatus.Available => sums with { IdleMs = sums.IdleMs + ms },
            AgentState.Idle => sums with { AwayMs = sums.AwayMs + ms },
            AgentState.Unreachable => sums with { UnreachableMs = sums.UnreachableMs + ms },
            _ => sums with { RingMs = sums.RingMs + ms },
        };
    }

    private static void Count(IEnumerable<TrueLeg> legs, Func<Guid, long, bool> isAsked, Interval interval, DateTimeOffset start, DateTimeOffset end, Dictionary<(Guid, string), AgentSums> sums)
    {
        void Put(TrueLeg leg, long? when, Func<AgentSums, AgentSums> add)
        {
            if (when is { } at && At(at) >= start && At(at) < end && isAsked(leg.Agent, at))
            {
                var key = (leg.Agent, HelsinkiClock.PeriodOf(At(at), interval));
                sums[key] = add(sums.GetValueOrDefault(key, new AgentSums()));
            }
        }

        foreach (var leg in legs)
        {
            Put(leg, leg.AnsweredAt, s => s with { Legs = s.Legs + 1, Held = s.Held + (leg.Holds > 0 ? 1 : 0) });
            Put(leg, leg.MissedAt, s => s with { Missed = s.Missed + 1 });
        }
    }

    // Stretches of no length come before the one that lasts.
    private static string? TeamAt(IEnumerable<TrueStretch> stretches, Guid agent, long at) => stretches.LastOrDefault(s => s.Agent == agent && s.From <= at)?.Team;

    private static DateTimeOffset At(long ms) => Script.Start.AddMilliseconds(ms);

    private static long Ms(DateTimeOffset at) => (long)(at - Script.Start).TotalMilliseconds;

    private Random Seeded(int seed)
    {
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
