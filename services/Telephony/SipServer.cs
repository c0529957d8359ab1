using System.Net;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Edge;

namespace CallCenter.Telephony;

/// <summary>The gateway's SIP endpoint: the trunks' calls, the phones' registrations.</summary>
internal sealed class SipServer
{
    public SipServer(TelephonyOptions options, Registrations registrations, TimeProvider clock, ILogger<SipServer> logger) =>
        Endpoint = new SipEndpoint(
            new SipEndpointOptions
            {
                BindAddress = options.BindAddress,
                Port = options.SipPort,
                AdvertisedHost = IPAddress.Parse(options.Advertise ?? options.Bind).ToString(),
            },
            new SipHandlers
            {
                Invite = call => Invited(call),
                Error = e => Log.SipHandlerFailed(logger, e),
                Registrar = registrations.Registrar,
            },
            clock);

    public SipEndpoint Endpoint { get; }

    /// <summary>Takes a new call, on the endpoint's loop. Until it is set calls are refused.</summary>
    public Action<UasCall> Invited { get; set; } = call => call.Reject(503, retryAfterSeconds: Trunks.Admission.RetryAfterSeconds);
}
