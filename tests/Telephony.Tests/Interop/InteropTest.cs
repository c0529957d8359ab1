using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>Each test has a gateway of its own, before which the peer is tried, and a test caller.</summary>
[Trait("needs", "server")]
[Trait("soak", "interop")]
public abstract class InteropTest : IAsyncLifetime
{
    private protected const double CallerTone = InteropGateway.Caller, PeerTone = InteropGateway.Peer, ColleagueTone = InteropGateway.Colleague;
    private protected static readonly TimeSpan Soon = InteropGateway.Soon;
    private protected InteropGateway at = null!;
    private TestCaller caller = null!;

    /// <summary>The gateway, with a proxy before it or without.</summary>
    private protected virtual Task<InteropGateway> Begin() => InteropGateway.Start();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        at = await Begin();
        caller = new TestCaller(at.Sip);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await at.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A caller talks with the peer's phone, which is registered or about to be.</summary>
    /// <param name="hears">Waits until the peer hears a tone.</param>
    private protected async Task<(PhoneCall Outer, CallArrived Call, Guid Leg)> Talking(Func<double, TimeSpan, Task> hears)
    {
        await at.Registered();
        var outer = caller.Call(RunningGateway.Number, hertz: CallerTone);
        var (call, leg) = await at.Connected(at.Agent);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), hears(CallerTone, Soon));
        return (outer, call, leg);
    }

    /// <summary>The agent who talks by the peer's phone consults the colleague from the desk; both hear each other, the caller hears neither.</summary>
    private protected async Task<PhoneCall> Consulting(CallArrived call, Guid leg, Func<double, TimeSpan, Task> hears)
    {
        var second = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Events.Next<LegAccepted>(call.Contact, e => e.Leg == second, Soon);
        await at.Gateway.Done(call, 0, new ConsultLeg(leg, second, null));
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(colleague.Audio.Hears(PeerTone, Soon), hears(ColleagueTone, Soon));
        return colleague;
    }

    /// <summary>What Routing does when the phone hands its caller on to whom the agent consults (REFER with Replaces): the two are together.</summary>
    private protected async Task HandedOn(CallArrived call, Guid leg, PhoneCall outer, PhoneCall colleague)
    {
        (await at.Events.Next<TransferAsked>(call.Contact, within: Soon)).Attended.ShouldBeTrue();
        await at.Gateway.Done(call, 0, new CompleteTransfer(leg));
        (await at.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Transferred);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }
}
