using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Phones that register by TLS: SRTP where they have it.</summary>
[Trait("needs", "server")]
public sealed class TlsPhoneTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private System.Net.IPEndPoint Tls => gateway.Services.GetRequiredService<SipServer>().Endpoint.TlsEndPoint!;

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
    public async Task Baresip_talks_by_tls_and_srtp()
    {
        await using var phone = await Baresip.Register(Tls, "1001", "secret", hertz: 1000, secure: true);
        await gateway.Events.Next<DeviceReachable>(Agent);
        gateway.Services.GetRequiredService<CallCenter.Telephony.Edge.Registrations>().Of(Agent).ShouldHaveSingleItem().Flow.Transport.ShouldBe(SipTransport.Tls);
        var (outside, call, leg) = await Offer();
        await phone.Answers(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, null));
        await outside.Audio.Hears(1000, Soon);
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
        var registration = phone.Register(new SipRegistrationOptions { Registrar = $"sips:{Tls}", User = "1001", Password = "secret" });
        (await registration.FirstResult.WaitAsync(Soon, TestContext.Current.CancellationToken)).Code.ShouldBe(200);
        var (_, call, leg) = await Offer();
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        offers.Count.ShouldBe(2);
        offers[0].ShouldContain("a=crypto:");
        offers[1].ShouldContain("RTP/AVP");
    }

    private System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate() =>
        ServerCertificate.ReadOrCreate(new DataFolder(folder.Path), [], TimeProvider.System).Load();

    private async Task<(PhoneCall Outside, CallArrived Call, Guid Leg)> Offer()
    {
        var outside = caller.Call(RunningGateway.Number);
        var call = await gateway.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(Soon);
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent, 20_000));
        return (outside, call, leg);
    }
}
