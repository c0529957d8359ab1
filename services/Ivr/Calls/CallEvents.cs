using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Calls;

/// <summary>The gateway's events drive the flows: each is applied once, in order, in the inbox's transaction.</summary>
internal sealed class CallEvents(CallRunner runner) : IEventHandler
{
    /// <summary>Streams of contacts are taken whole; those of agents tell flows nothing.</summary>
    public static bool IsOfContact(Type type) => type.IsSubclassOf(typeof(ContactEvent));

    public async Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct)
    {
        if (e is not ContactEvent told || (e.GetType().Namespace == typeof(QueueLeft).Namespace && e is not QueueLeft))
        {
            return;
        }

        var effects = await Decide(told, tx);
        foreach (var toTell in effects.Events)
        {
            tx.Publish(toTell);
        }

        tx.AfterCommit(() => runner.Send(effects));
    }

    private async Task<Effects> Decide(ContactEvent e, InboxTransaction tx)
    {
        var call = await LiveCalls.Lock(tx.Connection, tx.Transaction, e.Contact);
        return (call, e) switch
        {
            (null, CallArrived arrived) => await runner.Begin(tx.Connection, tx.Transaction, arrived),
            (null, CallPlaced placed) => await runner.BeginPlaced(tx.Connection, tx.Transaction, placed),
            (null, _) => Effects.None,
            (_, CallArrived again) => await runner.Apply(tx.Connection, tx.Transaction, call, OfferedAgain(again), e.EventId),
            _ => await runner.Apply(tx.Connection, tx.Transaction, call, new FlowInput.Told(e), e.EventId),
        };
    }

    /// <summary>A gateway that held the call by its fallback offers it anew: nobody of ours has control.</summary>
    private static FlowInput.Told OfferedAgain(CallArrived arrived) => new(new ControlChanged(ControlHolder.None, arrived.Epoch, "offered again"));
}
