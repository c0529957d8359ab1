using System.Net;
using System.Security.Cryptography.X509Certificates;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Ladder;

namespace CallCenter.Telephony;

/// <summary>The gateway's SIP endpoint: the trunks' calls, the phones' and browsers' registrations.</summary>
internal sealed class SipServer
{
    private readonly Registrations registrations;

    public SipServer(TelephonyOptions options, Registrations registrations, Ladders ladders, BanList bans, TrustedProxies proxies, Neighbours neighbours, DataFolder data, TimeProvider clock, ILogger<SipServer> logger)
    {
        this.registrations = registrations;
        Endpoint = new SipEndpoint(
            new SipEndpointOptions
            {
                BindAddress = options.BindAddresses[0],
                SecondAddress = options.BindAddresses.ElementAtOrDefault(1),
                Port = options.SipPort,
                SessionExpiresSeconds = options.SessionSeconds,
                Tls = options.SipTlsPort is { } port ? new SipTlsOptions { Port = port, Certificate = Certificate(options, data, clock) } : null,
                AdvertisedHost = options.AdvertisedTo(options.BindAddresses[0].AddressFamily).ToString(),
                SecondAdvertisedHost = options.BindAddresses.ElementAtOrDefault(1) is { } second ? options.AdvertisedTo(second.AddressFamily).ToString() : null,
            },
            new SipHandlers
            {
                Invite = Take,
                Error = e => Log.SipHandlerFailed(logger, e),
                Registrar = registrations.Registrar,
                Trace = ladders.Trace,
                IsPeer = neighbours.Has,
                // A browser shows a token; the address of its socket may be that of an ingress.
                // What a proxy passes on is judged by whom it comes from, which only the request itself says.
                Screen = flow => flow.IsWebSocket || proxies.Has(flow) || neighbours.Has(new(flow.Remote.Address, 0)) || bans.Allows(flow.Remote.Address),
                Admit = (request, flow) => Admit(request, flow, bans, proxies),
            },
            clock);
        registrations.Registrar.Failed = (origin, check) => bans.Strike(origin.Remote.Address, check.IsWrong ? Offence.WrongCredentials : Offence.Challenged);
        bans.HasPhones = registrations.IsRegisteredFrom;
    }

    public SipEndpoint Endpoint { get; }

    /// <summary>Takes a new call of a trunk, on the endpoint's loop. Until it is set calls are refused.</summary>
    public Action<UasCall> Invited { get; set; } = call => call.Reject(503, retryAfterSeconds: Trunks.Admission.RetryAfterSeconds);

    /// <summary>What of the gateway itself a browser may call, by the URI's user part; taken on the endpoint's loop. Until it is set there is nothing.</summary>
    public Func<string, Action<UasCall>?> ForBrowsers { get; set; } = _ => null;

    private static Sip.Admission Admit(SipMessage request, SipFlow flow, BanList bans, TrustedProxies proxies)
    {
        var origin = proxies.OriginOf(request, flow).Remote;
        if (!origin.Equals(flow.Remote) && !bans.Allows(origin.Address))
        {
            // Silence would have the proxy repeat it and take us for dead.
            return Sip.Admission.Refuse(403);
        }
        if (!Scanners.IsOne(request))
        {
            return Sip.Admission.Accept;
        }
        bans.Strike(origin.Address, Offence.Scanner);
        return proxies.Has(flow) ? Sip.Admission.Refuse(403) : Sip.Admission.Drop;
    }

    private static X509Certificate2 Certificate(TelephonyOptions options, DataFolder data, TimeProvider clock) =>
        (options is { Certificate: { } certificate, CertificateKey: { } key }
            ? new CertificateFiles(certificate, key)
            : ServerCertificate.ReadOrCreate(data, TelephonyOptions.Parted($"{options.Bind},{options.Advertise}"), clock)).Load();

    // A browser is an agent's device whatever address it comes from: it is never taken for a trunk, and calls nobody but the gateway itself.
    private void Take(UasCall call)
    {
        if (!call.Flow.IsWebSocket)
        {
            Invited(call);
        }
        else if (registrations.Challenge(call.Request, call.Flow) is { } challenge)
        {
            call.Reject(401, headers: challenge);
        }
        else if (SipUri.TryParse(call.Request.RequestUri, out var target) && ForBrowsers(target.User) is { } take)
        {
            take(call);
        }
        else
        {
            call.Reject(403, "Devices Are Called");
        }
    }
}
