using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>linphone-cli 5.1.</summary>
public sealed class LinphoneInterop : LinphonePhones
{
    [Fact(Explicit = true)]
    public async Task Its_session_timer_is_refreshed_by_whoever_called()
    {
        var timed = new LinphoneSetup { SessionSeconds = InteropGateway.SessionSeconds };
        await using var phone = await Registered(timed);
        var (_, call, _) = await Talking(phone.Hears);
        await using var peer = await Calling(timed);
        await peer.Call(RunningGateway.Number);
        var second = await at.Gateway.Answered(Soon);
        await peer.Talks(Soon);
        await Task.WhenAll(at.Refreshed(call, LegRole.Agent, byUs: true), at.Refreshed(second, LegRole.Caller, byUs: false));
        await phone.Hears(CallerTone, Soon);
    }
}

/// <summary>What is asked of linphone, before the gateway itself or a proxy.</summary>
public abstract class LinphonePhones : PhoneInterop
{
    private protected override async Task<IPeerPhone> Phone(bool secure) => await Registered(Setup(secure));

    private protected override async Task<IPeerPhone> Calling(bool secure) => await Calling(Setup(secure));

    [Fact(Explicit = true)]
    public Task It_talks_by_tls_and_srtp() => TalksSecurely();

    [Fact(Explicit = true)]
    public async Task It_hands_its_caller_on_to_the_colleague_it_consults()
    {
        await using var phone = await Registered(Setup(secure: false));
        var (outer, call, leg) = await Talking(phone.Hears);
        var colleague = await Consulting(call, leg, phone.Hears);
        await phone.TransferToConsulted();
        await HandedOn(call, leg, outer, colleague);
        await phone.Ends(Soon);
    }

    /// <summary>It offers no telephone-event then.</summary>
    [Fact(Explicit = true)]
    public async Task Keys_go_both_ways_by_info()
    {
        var byInfo = new LinphoneSetup { KeysByInfo = true };
        await using var phone = await Registered(byInfo);
        var (outer, _, leg) = await Talking(phone.Hears);
        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));

        await using var peer = await Calling(byInfo);
        await peer.Call(RunningGateway.Number);
        var call = await at.Gateway.Answered(Soon);
        await peer.Talks(Soon); // keys before the answer are lost
        await at.Gateway.Done(call, 1, new Collect([at.Gateway.Tone(700, 60)], 1, "", 30_000, 30_000));
        await peer.Press('8');
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("8");

        var second = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Gateway.Connect(call, second, within: Soon);
        await at.Gateway.Done(call, 0, new SendDigits(second, "5"));
        await peer.HearsKey('5', Soon);
    }

    private protected Task<Linphone> Registered(LinphoneSetup setup) =>
        Linphone.Register(setup.Security == PeerSecurity.Sdes ? at.SipTls : at.Sip, InteropGateway.User, InteropGateway.Password, PeerTone, setup);

    private protected Task<Linphone> Calling(LinphoneSetup setup) =>
        Linphone.Unregistered(setup.Security == PeerSecurity.Sdes ? at.SipTls : at.Sip, "358401", PeerTone, setup);

    private static LinphoneSetup Setup(bool secure) => new() { Security = secure ? PeerSecurity.Sdes : PeerSecurity.None };
}
