using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>What is asked of every make of telephone, as an agent's phone and as a caller.</summary>
[Trait("needs", "server")]
[Trait("soak", "interop")]
public abstract class PhoneInterop : IAsyncLifetime
{
    private protected const double CallerTone = InteropGateway.Caller, PeerTone = InteropGateway.Peer, ColleagueTone = InteropGateway.Colleague;
    private protected static readonly TimeSpan Soon = InteropGateway.Soon;
    private protected InteropGateway at = null!;
    private TestCaller caller = null!;

    /// <summary>The peer registered as the first agent's phone; secure: by TLS, and with no media but SRTP.</summary>
    private protected abstract Task<IPeerPhone> Phone(bool secure = false);

    /// <summary>The peer as somebody who calls.</summary>
    private protected abstract Task<IPeerPhone> Calling(bool secure = false);

    /// <summary>Where test callers call.</summary>
    private protected virtual IPEndPoint Server => at.Gateway.Sip;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        at ??= await InteropGateway.Start();
        caller = new TestCaller(Server);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await at.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Explicit = true)]
    public async Task It_registers_is_called_and_holds_and_each_hears_the_others_voice_and_keys()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone);

        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));
        outer.Audio.Press('5');
        await phone.HearsKey('5', Soon);

        await phone.Hold(true);
        await at.Events.Next<CallHeld>(call.Contact, e => e.Leg == leg, Soon);
        await outer.Audio.Hears(InteropGateway.HoldTune, Soon);
        await phone.Hold(false);
        await at.Events.Next<CallResumed>(call.Contact, e => e.Leg == leg, Soon);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), phone.Hears(CallerTone, Soon));

        await phone.HangUp();
        (await at.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.PartyHungUp);
    }

    [Fact(Explicit = true)]
    public async Task It_calls_and_holds_and_each_hears_the_others_voice_and_keys()
    {
        await using var peer = await Calling();
        await peer.Call(RunningGateway.Number);
        var call = await at.Gateway.Answered(Soon);
        await at.Gateway.Done(call, 1, new Collect([at.Gateway.Tone(700, 60)], 1, "", 30_000, 30_000));
        await peer.Hears(700, Soon);
        await peer.Press('7');
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("7");

        var leg = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Gateway.Connect(call, leg, within: Soon);
        var inner = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
        await at.Gateway.Done(call, 0, new SendDigits(leg, "5"));
        await peer.HearsKey('5', Soon);

        await peer.Hold(true);
        await peer.HearsNothing(Soon);
        await peer.Hold(false);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
        await peer.HangUp();
        await at.Events.Next<CallClosed>(call.Contact, within: Soon);
    }

    [Fact(Explicit = true)]
    public async Task It_hands_its_caller_on_to_a_colleague_unasked()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone);
        await phone.Transfer(InteropGateway.ColleagueUser);
        await at.HandOn(call, leg);
        await phone.Ends(Soon);
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }

    /// <summary>By TLS and SRTP, called and calling.</summary>
    private protected async Task TalksSecurely()
    {
        await using var phone = await Phone(secure: true);
        await Talking(phone);

        await using var peer = await Calling(secure: true);
        await peer.Call(RunningGateway.Number);
        await at.Connected(at.ColleagueAgent);
        var inner = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
    }

    /// <summary>A caller talks with the peer's phone.</summary>
    private protected async Task<(PhoneCall Outer, CallArrived Call, Guid Leg)> Talking(IPeerPhone phone)
    {
        await at.Registered();
        var outer = caller.Call(RunningGateway.Number, hertz: CallerTone);
        var (call, leg) = await at.Connected(at.Agent);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), phone.Hears(CallerTone, Soon));
        return (outer, call, leg);
    }
}
