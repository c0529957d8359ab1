using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.TestKit.Phones;

/// <summary>What a phone does when it rings.</summary>
public enum WhenRinging
{
    /// <summary>Answers at once.</summary>
    Answer,

    /// <summary>Rings and waits for <see cref="PhoneCall.Accept"/> or <see cref="PhoneCall.Reject"/>.</summary>
    Ring,

    /// <summary>Refuses with 486.</summary>
    Reject,
}

/// <summary>An agent's SIP phone: registers with digest, rings, answers, speaks a tone.</summary>
public sealed class TestPhone : IAsyncDisposable
{
    private readonly SipEndpoint _endpoint;
    private readonly Channel<PhoneCall> _calls = Channel.CreateBounded<PhoneCall>(1000);
    private readonly double _hertz;
    private readonly ConcurrentBag<PhoneCall> _all = [];
    private string? _user;
    private SipRegistration? _registration;
    private bool _vanished;

    private readonly IPAddress _address;

    private TestPhone(double hertz, IPAddress? address = null)
    {
        _hertz = hertz;
        _address = address ?? IPAddress.Loopback;
        _endpoint = PhoneEndpoint.Open(OnInvite, _address);
    }

    /// <summary>How long the phone stays silent after it has answered.</summary>
    public TimeSpan SpeaksAfter { get; set; }

    /// <summary>What the phone does with the next call.</summary>
    public WhenRinging WhenRinging { get; set; } = WhenRinging.Answer;

    /// <summary>Done first when a call comes, on the phone's own loop: while it lasts the phone says nothing.</summary>
    public Action? OnCall { get; set; }

    /// <summary>Where the phone can be called directly.</summary>
    public IPEndPoint Address => _endpoint.LocalEndPoint;

    /// <summary>A phone of no account.</summary>
    public static TestPhone Unregistered(double hertz = 1000) => new(hertz);

    /// <summary>Registers at the server from 127.0.0.1 or the given address; throws when it is refused.</summary>
    public static async Task<TestPhone> Register(IPEndPoint server, string user, string password, double hertz = 1000, int expires = 300, IPAddress? address = null)
    {
        var phone = new TestPhone(hertz, address) { _user = user };
        phone._registration = phone._endpoint.Register(new SipRegistrationOptions
        {
            Registrar = $"sip:{server}", User = user, Password = password, Expires = expires,
        });
        var result = await phone._registration.FirstResult.WaitAsync(TimeSpan.FromSeconds(30));
        if (!result.IsRegistered)
        {
            await phone.DisposeAsync();
            throw new InvalidOperationException($"phone {user} was not registered: {result.Code}");
        }
        return phone;
    }

    /// <summary>The next call that rings here.</summary>
    public async Task<PhoneCall> NextCall(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            return await NextCall(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the phone did not ring within {within.TotalSeconds:0.#} s");
        }
    }

    /// <summary>The next call that rings here, however long it takes.</summary>
    public async Task<PhoneCall> NextCall(CancellationToken ct) => await _calls.Reader.ReadAsync(ct);

    /// <summary>Takes the registration back, when there is one, as a phone that is switched off properly.</summary>
    public Task Unregister() => _registration?.StopAsync() ?? Task.CompletedTask;

    /// <summary>Is gone without a word, as a phone whose plug was pulled: nothing is answered any more, nothing is said.</summary>
    public async Task Vanish()
    {
        _vanished = true;
        await _endpoint.DisposeAsync();
        FallSilent();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_vanished)
        {
            await _endpoint.StopAsync(TimeSpan.FromMilliseconds(200));
        }
        await _endpoint.DisposeAsync();
        FallSilent();
    }

    private void FallSilent()
    {
        foreach (var call in _all)
        {
            call.Audio.Quit();
        }
    }

    private void OnInvite(UasCall incoming)
    {
        // A phone that vanished may have had this port; calls to its account are not for this one.
        if (_user is { } user && !incoming.Request.RequestUri.Contains($":{user}@", StringComparison.Ordinal))
        {
            incoming.Reject(404);
            return;
        }
        OnCall?.Invoke();
        var call = new PhoneCall(_hertz, SpeaksAfter, _address);
        _all.Add(call);
        call.Bind(incoming);
        incoming.OnEvent = call.On;
        switch (WhenRinging)
        {
            case WhenRinging.Answer:
                call.Accept();
                break;
            case WhenRinging.Ring:
                incoming.Ringing();
                break;
            case WhenRinging.Reject:
                call.Reject(486);
                break;
        }
        _calls.Writer.TryWrite(call);
    }
}
