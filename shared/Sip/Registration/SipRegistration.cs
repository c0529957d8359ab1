using System.Globalization;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Registration;

/// <summary>Whom to register where.</summary>
public sealed record SipRegistrationOptions
{
    /// <summary>The registrar's URI, for example "sip:192.0.2.1:5060;transport=tcp".</summary>
    public required string Registrar { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    /// <summary>Domain of the address of record; the registrar's host when null.</summary>
    public string? Domain { get; init; }

    /// <summary>Seconds asked for; refreshed after half of what is granted. Default 300.</summary>
    public int Expires { get; init; } = 300;

    /// <summary>Seconds until it is tried again after a failure. Default 30.</summary>
    public int RetrySeconds { get; init; } = 30;

    /// <summary>Told of each outcome, on the endpoint's loop.</summary>
    public Action<RegistrationResult>? Changed { get; init; }
}

/// <summary>How a REGISTER went: 200 when it stands, the registrar's code, 408 on silence, 503 when it cannot be sent.</summary>
public readonly record struct RegistrationResult(bool IsRegistered, int Code, int ExpiresSeconds);

/// <summary>Keeps one contact registered (RFC 3261 section 10.2): refreshes, answers challenges, tries again after failures.</summary>
public sealed class SipRegistration
{
    private readonly UserAgent agent;
    private readonly SipRegistrationOptions options;
    private readonly RefreshTimer timer;
    private readonly string callId = SipRandom.CallId();
    private readonly TaskCompletionSource<RegistrationResult> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RegistrationResult> last = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string target;
    private readonly string aor;
    private uint cseq;
    private bool stopping;

    internal SipRegistration(UserAgent agent, SipRegistrationOptions options)
    {
        this.agent = agent;
        this.options = options;
        timer = new RefreshTimer(this);
        if (!SipUri.TryParse(options.Registrar, out var registrar))
        {
            throw new ArgumentException($"'{options.Registrar}' is no SIP URI.", nameof(options));
        }

        // RFC 3261 section 10.2: the Request-URI has no user part.
        target = (registrar with { User = "" }).ToString();
        aor = $"<{new SipUri("sip", options.User, options.Domain ?? registrar.Host, options.Domain is null ? registrar.Port : 0, "", "")}>";
    }

    /// <summary>The outcome of the first REGISTER.</summary>
    public Task<RegistrationResult> FirstResult => first.Task;

    /// <summary>The latest outcome.</summary>
    public RegistrationResult Current { get; private set; }

    /// <summary>The flow used last: calls by it come from the registered address.</summary>
    public SipFlow? Flow { get; private set; }

    /// <summary>Removes the registration (Expires 0) and ends; the outcome of that REGISTER.</summary>
    public Task<RegistrationResult> StopAsync()
    {
        agent.Post(() =>
        {
            if (!stopping)
            {
                stopping = true;
                agent.Schedule(timer, long.MaxValue);
                Send(0, null);
            }
        });
        return last.Task;
    }

    /// <summary>Registers again now.</summary>
    public void Refresh() => agent.Post(() => Send(options.Expires, null));

    internal void Start() => Send(options.Expires, null);

    private void Send(int expires, SipHeader? authorization) =>
        agent.RouteUri(SipUri.TryParse(target, out var uri) ? uri : null, flow =>
        {
            if (flow is null)
            {
                Conclude(new RegistrationResult(false, 503, 0), expires);
                return;
            }

            Flow = flow;
            var branch = SipRandom.Branch();
            var headers = new List<SipHeader>
            {
                new("Contact", agent.Contact(flow, options.User)),
                new("Expires", expires.ToString(CultureInfo.InvariantCulture)),
            };
            if (authorization is { } header)
            {
                headers.Add(header);
            }

            var request = agent.WriteOutside(SipMethod.Register, target, aor, aor, callId, SipRandom.Tag(), ++cseq, flow, branch, headers);
            agent.Transactions.Send(SipMethod.Register, request, branch, flow, (_, outcome, response) => OnResult(expires, authorization is not null, outcome, response));
        });

    private void OnResult(int expires, bool answered, ClientOutcome outcome, SipMessage? response)
    {
        if (response is { StatusCode: < 200 })
        {
            return;
        }

        var credentials = new SipCredentials(options.User, options.Password);
        if (response is { StatusCode: 401 or 407 } && !answered && DigestClient.Answer(response, credentials, "REGISTER", target) is { } answer)
        {
            Send(expires, answer);
            return;
        }

        // RFC 3261 section 10.2.8: 423 says the shortest time that is granted.
        if (response?.StatusCode == 423 && int.TryParse(response.Get(HeaderId.MinExpires), NumberStyles.None, CultureInfo.InvariantCulture, out var least) && least > expires)
        {
            Send(least, null);
            return;
        }

        var code = outcome switch { ClientOutcome.Timeout => 408, ClientOutcome.TransportError => 503, _ => response!.StatusCode };
        Conclude(new RegistrationResult(code == 200 && expires > 0, code, code == 200 ? Granted(response!, expires) : 0), expires);
    }

    // Our own contact's expires; other phones of the user are listed beside it.
    private int Granted(SipMessage response, int asked)
    {
        var own = Flow is null ? "" : agent.Contact(Flow, options.User).Trim('<', '>');
        foreach (var contact in response.GetAll(HeaderId.Contact))
        {
            if (NameAddress.TryParse(contact, out var address) && address.UriText == own
                && int.TryParse(address.Parameter("expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return seconds;
            }
        }

        return asked;
    }

    private void Conclude(RegistrationResult result, int expires)
    {
        Current = result;
        first.TrySetResult(result);
        agent.Guard(() => options.Changed?.Invoke(result));
        if (expires == 0)
        {
            last.TrySetResult(result);
        }
        else if (!stopping)
        {
            var wait = result.IsRegistered ? Math.Max(1, result.ExpiresSeconds / 2) : options.RetrySeconds;
            agent.Schedule(timer, agent.Now + (wait * 1000L));
        }
    }

    private sealed class RefreshTimer(SipRegistration registration) : WheelNode
    {
        internal override void Fire(long now) => registration.Send(registration.options.Expires, null);
    }
}
