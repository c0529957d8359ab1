using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>JsSIP in Chromium, by WebSocket and DTLS-SRTP.</summary>
[Trait("needs", "server")]
[Trait("soak", "interop")]
public sealed class JsSipInterop : IAsyncLifetime
{
    private const double PeerTone = InteropGateway.Peer, ColleagueTone = InteropGateway.Colleague, CallerTone = InteropGateway.Caller;
    private static readonly TimeSpan Soon = InteropGateway.Soon;
    private InteropGateway at = null!;
    private TestCaller caller = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        at = await InteropGateway.Start();
        caller = new TestCaller(at.Gateway.Sip);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await at.DisposeAsync();
    }

    [Fact(Explicit = true)]
    public async Task It_registers_is_called_by_dtls_holds_and_its_keys_are_heard()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone);
        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));

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
    public async Task Its_keys_by_info_are_heard_and_it_hands_its_caller_on()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone);
        await Task.WhenAll(outer.Audio.HearsKey('8', Soon), phone.PressByInfo('8'));

        await phone.Transfer(InteropGateway.ColleagueUser);
        await at.HandOn(call, leg);
        await phone.Ends(Soon);
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }

    [Fact(Explicit = true)]
    public async Task Its_own_call_is_refused()
    {
        await using var phone = await Phone();
        await phone.Call(RunningGateway.Number);
        await phone.Refused(403, Soon);
    }

    private async Task<JsSip> Phone()
    {
        var token = at.Gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(at.Agent, 1).Token;
        var phone = await JsSip.Register(at.Gateway.Http, $"sip:{at.Agent}@{RunningGateway.Realm}", token, PeerTone);
        await at.Registered();
        return phone;
    }

    private async Task<(PhoneCall Outer, CallArrived Call, Guid Leg)> Talking(JsSip phone)
    {
        var outer = caller.Call(RunningGateway.Number, hertz: CallerTone);
        var (call, leg) = await at.Connected(at.Agent);
        await phone.Talks(Soon);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), phone.Hears(CallerTone, Soon));
        return (outer, call, leg);
    }
}
