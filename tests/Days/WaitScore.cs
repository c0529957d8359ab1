namespace CallCenter.Days;

/// <summary>
/// How good the announced waits of a day were. Counted are callers who had to wait and were told something at entry.
/// The bound held when the caller was answered within it; it did not when the caller still waited as it passed, whatever came then.
/// Who gave up before says neither and is not counted.
/// </summary>
/// <param name="Told">Callers who had to wait and were told.</param>
/// <param name="Untold">Callers who had to wait and of whom nothing could be said.</param>
/// <param name="Counted">For or against the bound.</param>
/// <param name="Held">Share of the counted whose bound held.</param>
/// <param name="HeldAnswered">Share of those who were answered in the end whose bound held.</param>
/// <param name="HeldCensored">The share by Kaplan and Meier's estimator (1958) of wait / bound, those who gave up before being censored.</param>
/// <param name="ErrorMs">Mean absolute error of the median, over answered callers who were told.</param>
/// <param name="AsteriskMs">The same callers' error of Asterisk's formula.</param>
/// <param name="ErrorAllMs">The same over all answered callers, those answered at once being told 0.</param>
/// <param name="AsteriskAllMs">Asterisk's over all answered callers.</param>
internal sealed record WaitScore(
    int Told, int Untold, int Counted, double Held, double HeldAnswered, double HeldCensored, double ErrorMs, double AsteriskMs, double ErrorAllMs, double AsteriskAllMs)
{
    public static WaitScore Of(Trace trace, IReadOnlyList<Outcome> outcomes)
    {
        var told = outcomes.Where(outcome => outcome.Told is not null).ToList();
        var held = told.Count(outcome => outcome.IsAnswered && outcome.WaitMs <= outcome.Told!.Value.BoundMs);
        var passed = told.Where(outcome => outcome.WaitMs > outcome.Told!.Value.BoundMs).ToList();
        var answered = told.Count(outcome => outcome.IsAnswered);
        var asterisk = Asterisk(trace, outcomes);
        var errors = outcomes.Zip(asterisk, (outcome, announced) => (outcome, announced)).Where(pair => pair.outcome is { IsAnswered: true, IsUntold: false }).ToList();
        var waited = errors.Where(pair => pair.outcome.Told is not null).ToList();
        return new WaitScore(
            told.Count, outcomes.Count(outcome => outcome.IsUntold), held + passed.Count, held / (double)(held + passed.Count), held / (double)answered, Censored(told),
            Mean(waited.Select(pair => Math.Abs(pair.outcome.Told!.Value.MedianMs - (double)pair.outcome.WaitMs))),
            Mean(waited.Select(pair => Math.Abs(pair.announced - pair.outcome.WaitMs))),
            Mean(errors.Select(pair => Math.Abs((pair.outcome.Told?.MedianMs ?? 0.0) - pair.outcome.WaitMs))),
            Mean(errors.Select(pair => Math.Abs(pair.announced - pair.outcome.WaitMs))));
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();

    /// <summary>What Asterisk's formula had announced to each caller at entry, in milliseconds: it knows the answers before that moment.</summary>
    private static double[] Asterisk(Trace trace, IReadOnlyList<Outcome> outcomes)
    {
        var announced = new double[outcomes.Count];
        var holdTimes = trace.Queues.Select(_ => new AsteriskHoldTime()).ToList();
        var answers = new PriorityQueue<int, (long At, int Call)>();
        for (var call = 0; call < outcomes.Count; call++)
        {
            for (; answers.TryPeek(out var earlier, out var moment) && moment.At <= trace.Calls[call].AtMs; answers.Dequeue())
            {
                holdTimes[outcomes[earlier].Queue].Answered(outcomes[earlier].WaitMs / 1000.0);
            }

            announced[call] = 1000 * holdTimes[outcomes[call].Queue].Announce();
            if (outcomes[call].IsAnswered)
            {
                answers.Enqueue(call, (trace.Calls[call].AtMs + outcomes[call].WaitMs, call));
            }
        }

        return announced;
    }

    private static double Censored(List<Outcome> told)
    {
        var (atRisk, later) = (told.Count, 1.0);
        foreach (var outcome in told.OrderBy(Ratio).ThenBy(outcome => outcome.IsAnswered ? 0 : 1))
        {
            if (Ratio(outcome) > 1)
            {
                break;
            }

            later *= outcome.IsAnswered ? 1 - (1.0 / atRisk) : 1;
            atRisk--;
        }

        return 1 - later;
    }

    private static double Ratio(Outcome outcome) => outcome.WaitMs <= outcome.Told!.Value.BoundMs ? outcome.WaitMs / Math.Max(1.0, outcome.Told.Value.BoundMs) : 2;
}
