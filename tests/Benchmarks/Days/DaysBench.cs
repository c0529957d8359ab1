using System.Diagnostics;
using System.Globalization;
using CallCenter.Benchmarks.Measure;
using CallCenter.Days;
using Trace = CallCenter.Days.Trace;

namespace CallCenter.Benchmarks.Days;

/// <summary>Simulated days: how good the announced waits are, and what a day costs by risk, by the longest idle and by strict priority.</summary>
/// <param name="folders">The traces; those of the tests when there is none.</param>
internal sealed class DaysBench(TextWriter output, IReadOnlyList<string> folders)
{
    public const string Name = "days";
    public const string Usage = "       ./callcenter bench days --trace DIR      another trace than the tests' own; may be repeated\n       ./callcenter bench days --generate SEED DIR [SHAPE]    makes one";

    private const double HeldLeast = 75, HeldMost = 85, ErrorMax = 0.6, CostMax = 0.9;

    public IReadOnlyList<Row> Run() => [.. (folders.Count > 0 ? folders : TraceFolder.Own).SelectMany(folder => Play(TraceFolder.Read(folder)))];

    /// <summary>Makes a trace: SEED DIR [SHAPE].</summary>
    public static int Generate(IReadOnlyList<string> args)
    {
        if (args.Count is < 2 or > 3 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seed) || !Enum.TryParse<Shape>(args.ElementAtOrDefault(2) ?? nameof(Shape.Any), true, out var shape) || !Enum.IsDefined(shape))
        {
            Console.Error.WriteLine($"callcenter bench days --generate SEED DIR [{string.Join('|', Enum.GetNames<Shape>())}]: SEED is a whole number.");
            return 2;
        }

        var trace = DayGenerator.Make(seed, shape);
        TraceFolder.Write(args[1], trace);
        Console.WriteLine($"{args[1]}: {trace.Calls.Count} calls, {trace.Queues.Count} queues of {trace.Queues.Select(queue => queue.Tenant).Distinct().Count()} tenants, {trace.Agents.Count} agents");
        return 0;
    }

    private IEnumerable<Row> Play(Trace trace)
    {
        var began = Stopwatch.GetTimestamp();
        var outcomes = Day.Play(trace, Policy.AsConfigured);
        var answered = outcomes.Count(outcome => outcome.IsAnswered);
        output.WriteLine($"  {trace.Name}: {trace.Calls.Count} calls, {trace.Queues.Count} queues, {trace.Agents.Count} agents: {answered} answered; played in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        var score = WaitScore.Of(trace, outcomes);
        string Case(string what) => $"{trace.Name}: {what}";
        return
        [
            Row.Of(Name, Case("callers who had to wait and were told"), score.Told, "callers"),
            Row.Of(Name, Case("callers who had to wait, nothing could be said yet"), score.Untold, "callers"),
            // Both ends of the range are limits: at most 85 % of the bounds hold, at most 25 % do not.
            Row.Of(Name, Case("80 % bound held"), 100 * score.Held, "%", limit: HeldMost),
            Row.Of(Name, Case("80 % bound passed"), 100 * (1 - score.Held), "%", limit: 100 - HeldLeast),
            Row.Of(Name, Case("80 % bound held, answered callers alone"), 100 * score.HeldAnswered, "%"),
            Row.Of(Name, Case("80 % bound held, by Kaplan and Meier"), 100 * score.HeldCensored, "%"),
            Row.Of(Name, Case("median's mean absolute error, callers who waited"), score.ErrorMs / 1000, "s", reference: score.AsteriskMs / 1000),
            Row.Of(Name, Case("median's mean absolute error, all answered"), score.ErrorAllMs / 1000, "s", reference: score.AsteriskAllMs / 1000, limit: ErrorMax * score.AsteriskAllMs / 1000),
            .. Costs(trace, Case),
        ];
    }

    private static IEnumerable<Row> Costs(Trace trace, Func<string, string> name)
    {
        DayCost Cost(Policy policy) => DayCost.Of(trace, Day.Play(trace, policy));

        var risk = Cost(Policy.ServiceLevelRisk);
        foreach (var (policy, other) in new[] { ("longest idle", Cost(Policy.LongestIdle)), ("strict priority", Cost(Policy.StrictPriority)) })
        {
            yield return Row.Of(Name, name($"penalties by risk, against {policy}"), risk.Penalties, "a day", reference: other.Penalties, limit: CostMax * other.Penalties);
            yield return Row.Of(Name, name($"with the wages of the work, against {policy}"), risk.Total, "a day", reference: other.Total);
            yield return Row.Of(Name, name($"contacts missed by risk, against {policy}"), risk.Missed, "contacts", reference: other.Missed);
            yield return Row.Of(Name, name($"worst 95th percentile over its limit, {policy}"), other.WorstLimit, "");
        }

        yield return Row.Of(Name, name("worst 95th percentile over its limit, by risk"), risk.WorstLimit, "", limit: 1);
    }
}
