namespace CallCenter.Days;

/// <summary>
/// Makes a day from a seed: several tenants' queues with a profile over the day of their own, calls by chance that follow it with bursts,
/// log-normal talk, exponential patience, groups of agents who share queues, shifts with breaks. The same seed and shape make the same day.
/// </summary>
internal sealed class DayGenerator
{
    private const double HourMs = 3_600_000;
    private const int SlotsADay = 96;
    private const double SlotMs = 24 * HourMs / SlotsADay;

    private static readonly string[] Tenants = ["north", "south", "harbour", "meadow", "summit", "valley", "island"];
    private static readonly string[] QueueNames = ["orders", "service", "billing", "returns", "technical", "premium"];
    private static readonly string[] Skills = ["fi", "da", "ru"];

    private readonly Random random;
    private readonly Measures day;
    private readonly List<Source> sources = [];
    private readonly double opens;
    private readonly double closes;

    private DayGenerator(int seed, Shape shape)
    {
        random = new Random(seed);
        day = Measures.Of(shape, random);
        (opens, closes) = day.IsAllDay ? (0, 24) : (random.Next(7, 10), random.Next(17, 21));
    }

    public static Trace Make(int seed, Shape shape)
    {
        var made = new DayGenerator(seed, shape);
        made.MakeQueues();
        var trace = new Trace($"{shape}-{seed}".ToLowerInvariant(), made.MakeCalls(), [.. made.sources.Select(source => source.Queue)], made.MakeAgents());
        return trace with { Queues = [.. Contracts(trace)] };
    }

    private void MakeQueues()
    {
        for (var tenant = 0; tenant < day.Tenants; tenant++)
        {
            for (int number = 0, count = random.Next(1, day.QueuesMost + 1); number < count; number++)
            {
                var target = new[] { 10, 15, 20, 20, 30, 45, 60 }[random.Next(7)];
                var queue = new TraceQueue(Tenants[tenant], QueueNames[number], new[] { 70, 75, 80, 80, 85, 90 }[random.Next(6)], target * 1000, Math.Round((decimal)random.AcrossScales(1, 20), 2), 0)
                {
                    Priority = day.HasRules ? 10 * random.Next(3, 8) : null,
                    SkillRule = day.HasRules && random.Next(2) == 0 ? $"{Skills[random.Next(3)]} >= 2 or {Skills[random.Next(3)]} >= 3" : null,
                };
                queue = queue.SkillRule is null ? queue : queue with { Relax = [new TraceStep(3 * target * 1000, null)] };
                sources.Add(new Source(
                    queue, Weight: random.AcrossScales(0.3, 3), Talk: day.TalkSeconds * random.AcrossScales(0.5, 2), Variation: random.Between(0.5, 1.3), Wrap: random.Between(2, 0.25 * day.TalkSeconds),
                    Patience: day.PatienceSeconds * random.AcrossScales(0.6, 1.7), Morning: random.Between(0.5, 1.5), Evening: random.Between(0.5, 1.5)));
            }
        }
    }

    /// <summary>Two humps, before and after noon.</summary>
    private double ProfileOf(Source source, double hour)
    {
        if (hour < opens || hour >= closes)
        {
            return 0;
        }

        double Hump(double at, double width) => Math.Exp(-Math.Pow((hour - at) / width, 2));
        return (day.IsAllDay ? 0.15 : 0.35) + (source.Morning * Hump(10.5, 2)) + (source.Evening * Hump(15, 2.5));
    }

    /// <summary>Erlangs of a queue at an hour.</summary>
    private double LoadOf(Source source, double hour) => source.Weight * ProfileOf(source, hour) * Scale();

    /// <summary>Erlangs for a weight of 1, so that all together reach the day's at its peak.</summary>
    private double Scale() => day.Erlangs / Enumerable.Range(0, SlotsADay).Max(slot => sources.Sum(source => source.Weight * ProfileOf(source, slot * SlotMs / HourMs)));

    private List<TraceCall> MakeCalls()
    {
        var calls = new List<TraceCall>();
        var bursts = Enumerable.Range(0, day.Bursts).Select(_ => (Queue: random.Next(sources.Count), From: random.Between(opens, closes) * HourMs, Length: random.Between(3, 15) * 60_000, Factor: random.Between(2, 4))).ToList();
        for (var index = 0; index < sources.Count; index++)
        {
            var source = sources[index];
            var handling = (source.Talk + source.Wrap) * 1000;
            for (var slot = 0; slot < SlotsADay; slot++)
            {
                // A quarter of an hour has a mean of its own around the profile's.
                var mood = random.LogNormal(1, 0.1);
                var rate = mood * LoadOf(source, slot * SlotMs / HourMs) / handling;
                for (var at = (slot * SlotMs) + Gap(rate); at < (slot + 1) * SlotMs; at += Gap(rate * Factor(at)))
                {
                    calls.Add(CallOf(source, index, at));
                }
            }

            double Factor(double at) => bursts.Where(burst => burst.Queue == index && at >= burst.From && at < burst.From + burst.Length).Select(burst => burst.Factor).DefaultIfEmpty(1).Max();
        }

        return [.. calls.OrderBy(call => call.AtMs)];
    }

    private double Gap(double rate) => rate > 0 ? random.Exponential(1 / rate) : SlotMs;

    private TraceCall CallOf(Source source, int queue, double at) => new(
        (long)at, queue, Math.Max(1_000, (long)(1000 * random.LogNormal(source.Talk, source.Variation))), (long)(1000 * random.LogNormal(source.Wrap, 0.4)),
        Math.Max(1_000, (long)(1000 * random.Exponential(source.Patience))));

    /// <summary>Groups that share queues; each slot's want is filled with shifts of 4 to 8 hours that begin where agents are wanting most.</summary>
    private List<TraceAgent> MakeAgents()
    {
        var agents = new List<TraceAgent>();
        var groups = Groups();
        var wanted = groups.ConvertAll(_ => new double[SlotsADay]);
        for (var (index, slot) = (0, 0); index < sources.Count; (index, slot) = slot + 1 < SlotsADay ? (index, slot + 1) : (index + 1, 0))
        {
            var serving = groups.FindAll(group => group.Contains(index));
            serving.ForEach(group => wanted[groups.IndexOf(group)][slot] += LoadOf(sources[index], slot * SlotMs / HourMs) / day.Load / serving.Count);
        }

        foreach (var (group, want) in groups.Zip(wanted))
        {
            var there = new double[SlotsADay];
            // An agent who is on a break for an eighth of the shift; at least one through the day.
            for (var begin = 0; (begin = Array.FindIndex(want, slot => slot > 0) is var first and >= 0 ? NextWant(want, there, first) : -1) >= 0;)
            {
                var length = Math.Min(random.Next(16, 33), SlotsADay - begin);
                Enumerable.Range(begin, length).ToList().ForEach(slot => there[slot] += 0.9);
                agents.Add(Agent(agents.Count, group, begin, length));
            }
        }

        return agents;
    }

    private static int NextWant(double[] want, double[] there, int first) =>
        Enumerable.Range(first, SlotsADay - first).Where(slot => want[slot] > 0 && there[slot] + 0.5 < Math.Max(1, want[slot])).DefaultIfEmpty(-1).First();

    private List<int[]> Groups()
    {
        var groups = new List<int[]>();
        for (var index = 0; index < sources.Count; index++)
        {
            groups.Add([.. Enumerable.Range(0, sources.Count).Where(other => other == index || random.NextDouble() < day.Sharing * 0.6).OrderBy(other => other == index ? 0 : 1)]);
        }

        return [.. groups.DistinctBy(group => string.Join(',', group.Order()))];
    }

    private TraceAgent Agent(int number, int[] group, int begin, int length)
    {
        var (from, until) = ((long)(begin * SlotMs), (long)((begin + length) * SlotMs));
        var shift = new List<Span>();
        foreach (var (at, minutes) in new[] { (0.3, 15), (0.6, 30) })
        {
            var rest = from + (long)(length * SlotMs * random.Between(at - 0.08, at + 0.08));
            shift.Add(new Span(shift.Count == 0 ? from : shift[^1].UntilMs, rest / 60_000 * 60_000));
            shift.Add(new Span(0, shift[^1].UntilMs + (minutes * 60_000)));
        }

        shift = [shift[0], new Span(shift[1].UntilMs, shift[2].UntilMs), new Span(shift[3].UntilMs, until)];
        shift[1] = new Span(shift[1].FromMs, Math.Max(shift[1].FromMs + 60_000, shift[1].UntilMs));
        shift.RemoveAll(span => span.FromMs >= span.UntilMs);
        var entries = group.Select((queue, place) => new TraceEntry(queue, day.HasRules && place > 0 ? 51 : 50, day.HasRules && place > 1 && random.Next(3) == 0 ? 15 : 0));
        return new TraceAgent(
            $"a{number + 1:000}", [.. entries], day.HasRules ? Skills.Where(_ => random.Next(3) > 0).ToDictionary(skill => skill, _ => random.Next(1, 6)) : [],
            Math.Round((decimal)random.Between(12, 28), 2), shift);
    }

    /// <summary>The limit of a contract is one that a plain day keeps well: a half more than the longest idle agent and the oldest contact give.</summary>
    private static IEnumerable<TraceQueue> Contracts(Trace trace)
    {
        var waits = Day.Play(trace, Policy.LongestIdle).ToLookup(outcome => outcome.Queue, outcome => outcome.WaitMs);
        return trace.Queues.Select((queue, index) =>
        {
            var sorted = waits[index].Order().ToList();
            var plain = sorted.Count == 0 ? 0 : sorted[(int)(0.95 * (sorted.Count - 1))];
            return queue with { LimitMs = 10_000 * (long)Math.Ceiling(Math.Max(4 * queue.TargetMs, 1.5 * plain) / 10_000) };
        });
    }

    private sealed record Source(TraceQueue Queue, double Weight, double Talk, double Variation, double Wrap, double Patience, double Morning, double Evening);
}
