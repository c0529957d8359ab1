using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator;

/// <summary>How many of each were played, for the last lines of a run.</summary>
internal static class Played
{
    public static string Of(Simulation run)
    {
        var calls = run.Tally.Calls;
        var back = calls.Where(c => c.After is not null).ToList();
        var asks = calls.Select(c => c.Ask).OfType<AskRecord>().Where(a => a.IsTaken).ToList();
        var helped = calls.SelectMany(c => c.Offers.Where(o => o is { Answered: true, AskedIn: null } && run.Helpers.TryGetValue(o.Agent, out var queue) && c.Queue == queue)).Count();
        return $"{calls.Count(c => c.AskedBackFrom is not null)} asked to be called back, {back.Count(c => c.Wire.AnsweredAt is not null)} reached in {back.Count} tries; " +
            $"transfers: {Count(Ask.ToQueue)} to a queue, {Count(Ask.ToAgent)} to an agent, {Count(Ask.ConsultAndTransfer)} after asking; " +
            $"{Count(Ask.Consult)} consults, {Count(Ask.Conference)} conferences; {helped} answered by helpers, {calls.Count(HasWaitedLong)} waited until their queue sent them on; " +
            $"{calls.Count(c => c.IsTurnedAway)} turned away by a full queue, {calls.Count(c => c.RangTogether)} rang at several agents";

        int Count(Ask kind) => asks.Count(a => a.Kind == kind && (a.Kind is Ask.ToQueue or Ask.ToAgent || a.ConsultHeardAt is not null));

        bool HasWaitedLong(CallRecord call) => call is { After: null, KeyAt: { } key, Queue: { } id } && run.Queues[id].MaxWait is { } rule
            && (call.Offers.FirstOrDefault(o => o.Answered)?.Wire.AnsweredAt ?? call.Wire.EndedAt) > key.AddSeconds(rule.Seconds + 1);
    }
}
