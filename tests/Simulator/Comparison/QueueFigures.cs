using CallCenter.Simulator.Centre;

namespace CallCenter.Simulator.Comparison;

/// <summary>A queue's metrics recomputed from the tally, by the formulas of the domain.</summary>
internal static class QueueFigures
{
    public static IReadOnlyDictionary<string, Bounds?> Of(QueueItem queue, IReadOnlyCollection<CallFacts> calls)
    {
        var own = calls.SelectMany(c => c.Stays).Where(s => s.Queue.Id == queue.Id).ToList();
        var offered = Sum(own, s => s.Offered);
        var answered = Sum(own, s => s.Counted(Waited.Answered));
        var abandoned = Sum(own, s => s.Counted(Waited.Abandoned));
        var shortly = Sum(own, s => s.Counted(Waited.ShortAbandoned));
        var target = (queue.ServiceLevel?.Seconds ?? 20) * 1000.0;
        var within = Sum(own, s => s.Within(Waited.Answered, target));
        var leftWithin = Sum(own, s => s.Within(Waited.Abandoned, target));
        var offers = calls.SelectMany(c => c.Offers.Where(o => o.MayHaveTalked).Select(o => (Offer: o, In: c.Brought(o, queue)))).Where(o => o.In.High > 0).ToList();
        var handled = offers.Aggregate(Bounds.Zero, (sum, o) => sum + o.In);
        var handling = offers.Aggregate(Bounds.Zero, (sum, o) => sum + (o.In.Low > 0 ? o.Offer.Handling : o.Offer.Handling.OrNothing()));
        var held = offers.Aggregate(Bounds.Zero, (sum, o) => sum + (o.Offer.Record.Wire.Reinvited.Count > 0 ? o.In : Bounds.Zero));
        var handedOn = offers.Aggregate(Bounds.Zero, (sum, o) => sum + (o.Offer.HandsOn ? o.In : Bounds.Zero));
        var waits = Sum(own, s => s.Ends.Contains(Waited.Answered) ? s is { Ends.Count: 1, Touched: false, IsCertain: true } ? s.Wait : s.Wait.OrNothing() : Bounds.Zero);
        return new Dictionary<string, Bounds?>
        {
            ["offered"] = offered,
            ["answered"] = answered,
            ["abandoned"] = abandoned,
            ["short_abandoned"] = shortly,
            ["flow_out"] = Sum(own, s => s.Counted(Waited.FlowOut)),
            ["timed_out"] = Bounds.Zero,
            ["no_agent"] = Bounds.Zero,
            ["failed"] = Sum(own, s => s.Counted(Waited.TurnedAway)),
            ["still_waiting"] = Bounds.Zero,
            ["service_level_answered"] = within.Per(answered)?.AtMost(1),
            ["service_level_default"] = within.Per(answered + abandoned)?.AtMost(1),
            ["service_level_offered"] = (within + leftWithin).Per((offered - shortly).NotNegative())?.AtMost(1),
            ["abandon_rate"] = abandoned.Per(offered)?.AtMost(1),
            ["asa"] = waits.Per(answered),
            ["longest_wait"] = own.Select(s => s.Touched || !s.IsCertain ? s.Wait.OrNothing() : s.Wait).Aggregate(Bounds.Zero, (most, wait) => new Bounds(Math.Max(most.Low, wait.Low), Math.Max(most.High, wait.High))),
            ["handled"] = handled,
            ["handling_time"] = handling,
            ["aht"] = handling.Per(handled),
            ["hold_rate"] = held.Per(handled)?.AtMost(1),
            ["transfer_rate"] = handedOn.Per(handled)?.AtMost(1),
        };
    }

    private static Bounds Sum(IEnumerable<StayFacts> stays, Func<StayFacts, Bounds> of) => stays.Aggregate(Bounds.Zero, (sum, s) => sum + of(s));
}
