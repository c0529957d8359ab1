using System.Net;
using System.Net.Sockets;
using CallCenter.Media.Ice;
using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

/// <summary>Legs of IPv6, alone and bridged to IPv4.</summary>
public class IPv6Tests
{
    private static MediaLeg Open(MediaEngine engine, AddressFamily? family) =>
        engine.TryOpenLeg(new LegOptions { Family = family }, out var leg, out var error) ? leg : throw new InvalidOperationException(error.ToString());

    [Fact]
    public async Task A_party_of_IPv6_and_one_of_IPv4_hear_each_other()
    {
        await using var gateway = new Loopback(o => o with { SecondAddress = IPAddress.IPv6Loopback });
        await using var six = new Loopback(o => o with { BindAddress = IPAddress.IPv6Loopback });
        var (leg6, leg4) = (Open(gateway.Engine, AddressFamily.InterNetworkV6), Open(gateway.Engine, AddressFamily.InterNetwork));
        leg6.LocalRtp.Address.ShouldBe(IPAddress.IPv6Loopback);
        leg4.LocalRtp.Address.ShouldBe(IPAddress.Loopback);
        await using var phone6 = RtpEndpoint.Open(six.Engine);
        await using var phone4 = RtpEndpoint.Open(gateway.Engine);
        await leg6.SetRemote(Loopback.Remote(0, PayloadFormat.Pcma) with { Rtp = new(IPAddress.IPv6Loopback, phone6.Port), SignallingSource = IPAddress.IPv6Loopback });
        await leg4.SetRemote(Loopback.Remote(phone4.Port, PayloadFormat.Pcma));
        await phone6.Connect(leg6.LocalRtp, PayloadFormat.Pcma, telephoneEvent: 101);
        await phone4.Connect(leg4.LocalRtp, PayloadFormat.Pcma, telephoneEvent: 101);
        await leg6.Bridge(leg4);
        phone6.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        phone4.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await Task.WhenAll(phone6.WaitForTone(1000, TimeSpan.FromSeconds(30)), phone4.WaitForTone(440, TimeSpan.FromSeconds(30)));
        (await leg6.GetStatistics()).Latched!.Address.ShouldBe(IPAddress.IPv6Loopback);
    }

    [Fact]
    public async Task A_family_that_the_engine_has_no_address_of_is_refused()
    {
        await using var net = new Loopback();
        net.Engine.TryOpenLeg(new LegOptions { Family = AddressFamily.InterNetworkV6 }, out _, out var error).ShouldBeFalse();
        error.ShouldBe(OpenLegError.SocketRefused);
        Should.Throw<ArgumentException>(() => MediaEngine.Start(new MediaOptions { SecondAddress = IPAddress.Parse("127.0.0.2") }, TimeProvider.System));
    }

    [Theory]
    [InlineData("[2001:db8::7]:4000")]
    [InlineData("198.51.100.7:5060")]
    [InlineData("[::1]:65535")]
    public unsafe void An_endpoint_outlives_its_sockaddr(string text)
    {
        var sockaddr = stackalloc byte[NativeEndpoint.Size];
        var endpoint = NativeEndpoint.From(IPEndPoint.Parse(text));
        endpoint.Write(sockaddr);
        NativeEndpoint.Read(sockaddr).ShouldBe(endpoint);
        endpoint.ToString().ShouldBe(text);
        endpoint.Length.ShouldBe(text[0] == '[' ? 28 : 16);
    }

    [Fact]
    public void A_mapped_address_is_its_IPv4() =>
        NativeAddress.From(IPAddress.Parse("::ffff:203.0.113.1")).ShouldBe(NativeAddress.From(IPAddress.Parse("203.0.113.1")));

    [Fact]
    public void A_check_from_IPv6_is_answered_with_its_address()
    {
        var from = NativeEndpoint.From(IPEndPoint.Parse("[2001:db8::7]:4000"));
        var credentials = new IceCredentials();
        var request = StunClient.Check(credentials.Fragment, credentials.Password, "far", nominate: true);
        var response = new byte[StunMessage.ResponseMax];
        var length = StunMessage.WriteResponse(request, from, credentials.PasswordBytes, response);
        StunClient.ReadResponse(response[..length], request, credentials.Password).ShouldBe(from);
        length.ShouldBeLessThanOrEqualTo(request.Length);
    }
}
