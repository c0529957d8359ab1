using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Phones that register by TLS without SRTP; those that have it are in Interop.</summary>
[Trait("needs", "server")]
public sealed class TlsPhoneTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:SipTlsPort", "0"));
        caller = new TestCaller(gateway.Sip);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_phone_without_srtp_refuses_it_and_is_called_plainly()
    {
        var offers = new List<string>();
        await using var phone = new SipEndpoint(
            new SipEndpointOptions { Port = 0, Tls = new SipTlsOptions { Port = 0, Certificate = Certificate(), ValidateServer = (_, shown, _, _) => shown is not null } },
            new SipHandlers
            {
                Error = e => throw e,
                Invite = sip =>
                {
                    offers.Add(sip.Offer!);
                    if (sip.Offer!.Contains("RTP/SAVP", StringComparison.Ordinal))
                    {
                        sip.Reject(488);
                    }
                    else
                    {
                        sip.Answer("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n");
                    }
                },
            },
            TimeProvider.System);
        phone.Start();
        var registration = phone.Register(new SipRegistrationOptions { Registrar = $"sips:{gateway.SipTls}", User = "1001", Password = "secret" });
        (await registration.FirstResult.WaitAsync(Soon, TestContext.Current.CancellationToken)).Code.ShouldBe(200);
        caller.Call(RunningGateway.Number);
        var call = await gateway.Answered();
        var leg = await gateway.Offer(call, gateway.Setup.Phones[0].Agent);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        offers.Count.ShouldBe(2);
        offers[0].ShouldContain("a=crypto:");
        offers[1].ShouldContain("RTP/AVP");
    }

    private System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate() =>
        ServerCertificate.ReadOrCreate(new DataFolder(folder.Path), [], TimeProvider.System).Load();
}
