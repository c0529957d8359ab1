using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Owners;

namespace CallCenter.Desk.Tests.Running;

/// <summary>A call of a tenant's queue to an agent, as the services tell of it.</summary>
internal sealed class DeskCall(DeskHost host, QueueRead queue, Guid agent)
{
    public const string Caller = "+358401112233", Called = "+358800100200";

    public Guid Contact { get; } = Guid.CreateVersion7();

    public Guid Leg { get; } = Guid.CreateVersion7();

    public async Task Arrive()
    {
        await Tell(new CallArrived("gw", Caller, Called, "trunk", Guid.CreateVersion7(), 0), "telephony/test");
        await Tell(new FlowStarted(Guid.CreateVersion7(), 1, "sv"), "ivr");
        await Tell(new ContactQueued(queue.Id, 0));
    }

    public Task Offer() => Tell(new ContactOffered(queue.Id, agent, TimeProvider.System.Now().AddSeconds(20), "longest idle"));

    public Task Refuse(OfferOutcome outcome) => Tell(new OfferEnded(queue.Id, agent, outcome));

    public Task Answer() => Tell(new AgentAnswered(agent), "telephony/test");

    public Task Hold() => Tell(new CallHeld(agent), "telephony/test");

    public Task Resume() => Tell(new CallResumed(agent), "telephony/test");

    public Task WrapUp() => Tell(new WrapUpStarted(agent, TimeProvider.System.Now().AddSeconds(15)));

    public Task End() => Tell(new WrapUpEnded(agent, "sold"));

    private Task Tell(ContactEvent e, string source = "routing") => host.Tell(queue.Tenant, Contact, e with { Leg = Leg }, source);
}
