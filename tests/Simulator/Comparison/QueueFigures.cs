using CallCenter.Simulator.Centre;

namespace CallCenter.Simulator.Comparison;

/// <summary>A queue's metrics recomputed from the tally, by the formulas of the domain.</summary>
internal static class QueueFigures
{
    public static IReadOnlyDictionary<string, Bounds?> Of(QueueItem queue, IReadOnlyCollection<CallFacts> calls)
    {
        var own = calls.Where(c => c.Queue?.Id == queue.Id).ToList();
        var offered = Sum(own, c => c.Touched ? new Bounds(0, 1) : Bounds.Count(c.Queued, true));
        var answered = Sum(own, c => Counted(c, Waited.Answered));
        var abandoned = Sum(own, c => Counted(c, Waited.Abandoned));
        var shortly = Sum(own, c => Counted(c, Waited.ShortAbandoned));
        var target = (queue.ServiceLevel?.Seconds ?? 20) * 1000.0;
        var within = Sum(own, c => Within(c, Waited.Answered, target));
        var leftWithin = Sum(own, c => Within(c, Waited.Abandoned, target));
        var offers = own.SelectMany(c => c.Offers).Where(o => o.MayHaveTalked).ToList();
        var handled = offers.Aggregate(Bounds.Zero, (sum, o) => sum + o.Count);
        var handling = offers.Aggregate(Bounds.Zero, (sum, o) => sum + (o.Count.Low > 0 ? o.Handling : o.Handling.OrNothing()));
        var held = offers.Aggregate(Bounds.Zero, (sum, o) => sum + (o.Record.Wire.Reinvited.Count > 0 ? o.Count : Bounds.Zero));
        var waits = Sum(own, c => c.Ends.Contains(Waited.Answered) ? c.Ends.Count == 1 && !c.Touched ? c.Wait : c.Wait.OrNothing() : Bounds.Zero);
        var touched = own.Count(c => c.Touched);
        return new Dictionary<string, Bounds?>
        {
            ["offered"] = offered,
            ["answered"] = answered,
            ["abandoned"] = abandoned,
            ["short_abandoned"] = shortly,
            ["flow_out"] = new Bounds(0, touched),
            ["timed_out"] = Bounds.Zero,
            ["no_agent"] = Bounds.Zero,
            ["failed"] = new Bounds(0, touched),
            ["still_waiting"] = Bounds.Zero,
            ["service_level_answered"] = within.Per(answered)?.AtMost(1),
            ["service_level_default"] = within.Per(answered + abandoned)?.AtMost(1),
            ["service_level_offered"] = (within + leftWithin).Per((offered - shortly).NotNegative())?.AtMost(1),
            ["abandon_rate"] = abandoned.Per(offered)?.AtMost(1),
            ["asa"] = waits.Per(answered),
            ["longest_wait"] = own.Select(c => c.Touched || !c.Queued ? c.Wait.OrNothing() : c.Wait).Aggregate(Bounds.Zero, (most, wait) => new Bounds(Math.Max(most.Low, wait.Low), Math.Max(most.High, wait.High))),
            ["handled"] = handled,
            ["handling_time"] = handling,
            ["aht"] = handling.Per(handled),
            ["hold_rate"] = held.Per(handled)?.AtMost(1),
            ["transfer_rate"] = handled.High > 0 ? Bounds.Zero with { OrNone = handled.Low <= 0 } : null,
        };
    }

    private static Bounds Sum(IEnumerable<CallFacts> calls, Func<CallFacts, Bounds> of) => calls.Aggregate(Bounds.Zero, (sum, c) => sum + of(c));

    private static Bounds Counted(CallFacts call, Waited how)
    {
        if (call.Touched)
        {
            return new Bounds(0, 1);
        }
        var possible = call.Ends.Contains(how);
        return Bounds.Count(possible && call.Ends.Count == 1 && (call.Queued || how == Waited.Answered), possible);
    }

    private static Bounds Within(CallFacts call, Waited how, double target)
    {
        var counted = Counted(call, how);
        return new Bounds(call.Wait.High <= target ? counted.Low : 0, call.Wait.Low <= target ? counted.High : 0);
    }
}
