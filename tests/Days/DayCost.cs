namespace CallCenter.Days;

/// <summary>What a day cost. A contact is missed that is answered later than t or gives up, but for those who give up within 5 s.</summary>
/// <param name="Penalties">Of each queue the penalty of every contact that was missed beyond the (100 - x) percent that may be.</param>
/// <param name="Wages">Of the agents' time in conversations and wrap-up; idle time costs the same whoever is given what.</param>
/// <param name="Missed">Contacts.</param>
/// <param name="WorstLimit">Of the queues, the greatest 95th percentile of the waits of all contacts, answered or not, over its limit.</param>
internal sealed record DayCost(double Penalties, double Wages, int Missed, double WorstLimit)
{
    private const long ShortAbandonMs = 5_000;

    public double Total => Penalties + Wages;

    public static DayCost Of(Trace trace, IReadOnlyList<Outcome> outcomes)
    {
        var (penalties, missed, worst) = (0.0, 0, 0.0);
        foreach (var contacts in outcomes.GroupBy(outcome => outcome.Queue))
        {
            var queue = trace.Queues[contacts.Key];
            var counted = contacts.Where(contact => contact.IsAnswered || contact.WaitMs >= ShortAbandonMs).ToList();
            var late = counted.Count(contact => !contact.IsAnswered || contact.WaitMs > queue.TargetMs);
            penalties += (double)queue.Penalty * Math.Max(0, late - (counted.Count * (100 - queue.Percent) / 100.0));
            missed += late;
            var waits = contacts.Select(contact => contact.WaitMs).Order().ToList();
            worst = Math.Max(worst, waits[(int)Math.Ceiling(0.95 * waits.Count) - 1] / (double)queue.LimitMs);
        }

        var wages = outcomes.Zip(trace.Calls, (outcome, call) => outcome.Agent is { } agent ? (double)trace.Agents[agent].Wage * (call.TalkMs + call.WrapMs) / 3_600_000 : 0).Sum();
        return new DayCost(penalties, wages, missed, worst);
    }
}
