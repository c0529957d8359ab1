using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>baresip 1.0.</summary>
public sealed class BaresipInterop : PhoneInterop
{
    [Fact]
    public Task It_talks_by_tls_and_srtp() => TalksSecurely();

    private protected override async Task<IPeerPhone> Phone(bool secure) =>
        await Baresip.Register(secure ? at.SipTls : at.Sip, InteropGateway.User, InteropGateway.Password, PeerTone, Security(secure));

    private protected override async Task<IPeerPhone> Calling(bool secure) =>
        await Baresip.Unregistered(secure ? at.SipTls : at.Sip, "358401", PeerTone, Security(secure));

    private static PeerSecurity Security(bool secure) => secure ? PeerSecurity.Sdes : PeerSecurity.None;
}
