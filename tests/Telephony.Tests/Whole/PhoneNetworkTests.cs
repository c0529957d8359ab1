using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>From outside of the phones' networks a phone registers by TLS alone; who tries otherwise learns nothing.</summary>
[Trait("needs", "server")]
public sealed partial class PhoneNetworkTests : IAsyncLifetime
{
    // Connections come from 127.0.0.1, which is not trusted here either.
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.66");
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await RunningGateway.Start(
        folder.Path, new Setup { TrunkNetwork = "127.0.0.99/32" }, ("Telephony:SipTlsPort", "0"), ("Telephony:PhoneNetworks", "127.0.0.2/32, 10.0.0.0/8"));

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private SipEndpoint Phone(IPAddress address)
    {
        var certificate = ServerCertificate.ReadOrCreate(new DataFolder(folder.Path), [], TimeProvider.System).Load();
        var phone = new SipEndpoint(
            new SipEndpointOptions { BindAddress = address, Port = 0, Tls = new SipTlsOptions { Port = 0, Certificate = certificate, ValidateServer = (_, shown, _, _) => shown is not null } },
            new SipHandlers { Invite = _ => { }, Error = _ => { } },
            TimeProvider.System);
        phone.Start();
        return phone;
    }

    private static async Task<int> Register(SipEndpoint phone, string registrar)
    {
        var registration = phone.Register(new SipRegistrationOptions { Registrar = registrar, User = "1001", Password = "secret" });
        return (await registration.FirstResult.WaitAsync(RunningGateway.Soon)).Code;
    }

    [Fact]
    public async Task A_phone_outside_registers_by_tls_and_by_nothing_else()
    {
        await using var outside = Phone(Outside);
        (await Register(outside, $"sip:{gateway.Sip}")).ShouldBe(403);
        (await Register(outside, $"sip:{gateway.Sip};transport=tcp")).ShouldBe(403);
        var registrations = gateway.Services.GetRequiredService<Registrations>();
        registrations.Of(gateway.Setup.Phones[0].Agent).ShouldBeEmpty();
        (await Register(outside, $"sips:{gateway.Services.GetRequiredService<SipServer>().Endpoint.TlsEndPoint}")).ShouldBe(200);
        registrations.Of(gateway.Setup.Phones[0].Agent).ShouldHaveSingleItem().Flow.Transport.ShouldBe(SipTransport.Tls);
    }

    [Fact]
    public async Task A_phone_of_a_trusted_network_registers_by_udp()
    {
        await using var inside = Phone(IPAddress.Parse("127.0.0.2"));
        (await Register(inside, $"sip:{gateway.Sip}")).ShouldBe(200);
    }

    [Fact]
    public async Task The_refusal_is_the_same_for_whom_we_know_and_whom_we_do_not()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Outside, 0));
        var known = await Ask(socket, "1001");
        known.ShouldStartWith("SIP/2.0 403 TLS Required");
        known.ShouldNotContain("WWW-Authenticate");
        (await Ask(socket, "9999")).ShouldBe(known);
    }

    /// <summary>The answer to a REGISTER of a user, without what differs from request to request.</summary>
    private async Task<string> Ask(Socket socket, string user)
    {
        var text = $"REGISTER sip:{gateway.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bK{user};rport\r\nFrom: <sip:{user}@x>;tag=f\r\nTo: <sip:{user}@x>\r\nCall-ID: ask{user}\r\nCSeq: 1 REGISTER\r\nContact: <sip:{user}@{socket.LocalEndPoint}>\r\nContent-Length: 0\r\n\r\n";
        await socket.SendToAsync(Encoding.ASCII.GetBytes(text), gateway.Sip, TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(RunningGateway.Soon);
        var answer = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token));
        return Tag().Replace(answer.Replace($":{user}@", ":USER@", StringComparison.Ordinal).Replace($"ask{user}", "ASK", StringComparison.Ordinal).Replace($"z9hG4bK{user}", "BRANCH", StringComparison.Ordinal), ";tag=…");
    }

    [GeneratedRegex(";tag=[A-Za-z0-9]{2,}")]
    private static partial Regex Tag();
}
