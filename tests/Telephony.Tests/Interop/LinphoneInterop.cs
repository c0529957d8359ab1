using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>linphone-cli 5.1.</summary>
public sealed class LinphoneInterop : LinphonePhones
{
    [Fact(Explicit = true)]
    public Task It_talks_by_tls_and_srtp() => TalksSecurely();
}

/// <summary>What is asked of linphone, before the gateway itself or a proxy.</summary>
public abstract class LinphonePhones : PhoneInterop
{
    /// <summary>Where linphone's signalling goes.</summary>
    private protected virtual IPEndPoint At(bool secure) => secure ? at.Gateway.SipTls : at.Gateway.Sip;

    private protected override async Task<IPeerPhone> Phone(bool secure) => await Linphone.Register(
        At(secure), InteropGateway.User, InteropGateway.Password, PeerTone, new LinphoneSetup { Security = Security(secure) });

    private protected override async Task<IPeerPhone> Calling(bool secure) =>
        await Linphone.Unregistered(At(secure), "358401", PeerTone, new LinphoneSetup { Security = Security(secure) });

    [Fact(Explicit = true)]
    public async Task Its_keys_by_info_reach_the_menu_and_the_other_side()
    {
        await using var phone = await Linphone.Register(At(false), InteropGateway.User, InteropGateway.Password, PeerTone, new LinphoneSetup { KeysByInfo = true });
        var (outer, _, _) = await Talking(phone);
        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));

        await using var peer = await Linphone.Unregistered(At(false), "358401", PeerTone, new LinphoneSetup { KeysByInfo = true });
        await peer.Call(RunningGateway.Number);
        var call = await at.Gateway.Answered(Soon);
        await peer.Talks(Soon); // keys before the answer are lost
        await at.Gateway.Done(call, 1, new Collect([at.Gateway.Tone(700, 60)], 1, "", 30_000, 30_000));
        await peer.Press('8');
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("8");
    }

    private static PeerSecurity Security(bool secure) => secure ? PeerSecurity.Sdes : PeerSecurity.None;
}
