using System.Collections.Concurrent;
using System.Net.Sockets;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace CallCenter.Desk.Web.Tests;

/// <summary>
/// What a browser test cannot do itself: real SIP phones and callers around a running system, moved by HTTP on loopback.
/// Every call here returns when what it asks for has happened.
/// </summary>
public sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TestPhone> _phones = new();
    private readonly ConcurrentDictionary<string, PhoneCall> _ringing = new();
    private readonly ConcurrentDictionary<string, PhoneCall> _calls = new();
    private readonly WebApplication _app;
    private readonly TestCaller _callers;

    private Stage(RunningCenter center, WebApplication app, Uri address)
    {
        (Center, _app, Address) = (center, app, address);
        _callers = new TestCaller(center.Sip);
    }

    public RunningCenter Center { get; }

    /// <summary>Where the stage itself listens.</summary>
    public Uri Address { get; }

    public static async Task<Stage> Open()
    {
        var address = new Uri($"http://127.0.0.1:{FreePorts.Any(SocketType.Stream)}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var stage = new Stage(await RunningCenter.Start(), builder.Build(), address);
        stage.Map();
        await stage._app.StartAsync();
        return stage;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var call in _calls.Values)
        {
            await call.DisposeAsync();
        }

        foreach (var phone in _phones.Values)
        {
            await phone.DisposeAsync();
        }

        await _callers.DisposeAsync();
        await Center.DisposeAsync();
    }

    private void Map()
    {
        _app.MapGet("/", () => new { url = Center.Address, demo = Center.Demo });
        _app.MapPost("/phones/{user}/on", SwitchOn);
        _app.MapPost("/phones/{user}/off", SwitchOff);
        _app.MapPost("/phones/{user}/rings", Rings);
        _app.MapPost("/phones/{user}/hears", (string user, [FromQuery] double[] hertz) => _ringing[user].Audio.Hears(hertz, Soon));
        _app.MapPost("/phones/{user}/ends", (string user) => With(_ringing, user, call => call.HangUp()));
        _app.MapPost("/phones/{user}/answers", (string user) => With(_ringing, user, call => call.Accept()));
        _app.MapPost("/phones/{user}/rejects", (string user) => With(_ringing, user, call => call.Reject(486)));
        _app.MapPost("/outside/on", OutsideOn);
        _app.MapPost("/calls", Call);
        _app.MapPost("/calls/{id}/ends", (string id) => With(_calls, id, call => call.HangUp()));
        _app.MapPost("/calls/{id}/presses", (string id, string keys) => With(_calls, id, call => Press(call, keys)));
        _app.MapPost("/calls/{id}/hears", (string id, [FromQuery] double[] hertz) => _calls[id].Audio.Hears(hertz, Soon));
        _app.MapPost("/calls/{id}/hears-key", (string id, char digit) => _calls[id].Audio.HearsKey(digit, Soon));
        _app.MapPost("/clear", Clear);
        _app.MapPost("/center/dies", () => Center.Kill());
        _app.MapPost("/center/starts", () => Center.Start());
    }

    /// <summary>Registers the agent's phone; it answers by itself unless `?when=Ring` or `Reject`.</summary>
    private async Task<IResult> SwitchOn(string user, WhenRinging when = WhenRinging.Answer)
    {
        if (_phones.TryGetValue(user, out var on))
        {
            on.WhenRinging = when;
            return Results.NoContent();
        }

        var account = Center.Demo.Phones.Single(phone => phone.User == user);
        var phone = await TestPhone.Register(Center.Sip, account.SipUser, account.SipPassword);
        phone.WhenRinging = when;
        _phones[user] = phone;
        return Results.NoContent();
    }

    /// <summary>A phone outside, the user `outside` from then on; the address that a trunk to it has.</summary>
    private IResult OutsideOn(double hertz, WhenRinging when = WhenRinging.Answer)
    {
        var phone = _phones.GetOrAdd("outside", _ => TestPhone.Unregistered(hertz));
        phone.WhenRinging = when;
        return Results.Ok(new { address = phone.Address.ToString() });
    }

    /// <summary>No caller is on the line, no phone is on: how each file begins, whatever the one before left.</summary>
    private async Task Clear()
    {
        foreach (var id in _calls.Keys)
        {
            if (_calls.TryRemove(id, out var call))
            {
                await call.DisposeAsync();
            }
        }

        foreach (var user in _phones.Keys)
        {
            await SwitchOff(user);
        }
    }

    private async Task<IResult> SwitchOff(string user)
    {
        if (!_phones.TryRemove(user, out var phone))
        {
            return Results.NotFound();
        }

        await phone.Unregister();
        await phone.DisposeAsync();
        return Results.NoContent();
    }

    /// <summary>Waits until the phone rings, or took a call by itself.</summary>
    private async Task<IResult> Rings(string user)
    {
        _ringing[user] = await _phones[user].NextCall(Soon);
        return Results.NoContent();
    }

    /// <summary>Somebody calls the number and, when the menu speaks, presses the digit.</summary>
    private async Task<IResult> Call(string number, string from, char digit)
    {
        var call = _callers.Call(number, from);
        var id = Guid.NewGuid().ToString();
        _calls[id] = call;
        await call.WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon);
        call.Audio.Press(digit);
        return Results.Ok(new { id });
    }

    private static void Press(PhoneCall call, string keys)
    {
        foreach (var key in keys)
        {
            call.Audio.Press(key);
        }
    }

    private static IResult With(ConcurrentDictionary<string, PhoneCall> calls, string id, Action<PhoneCall> act)
    {
        if (!calls.TryGetValue(id, out var call))
        {
            return Results.NotFound();
        }

        act(call);
        return Results.NoContent();
    }
}

/// <summary>One stage for all tests, opened by the first that asks for it.</summary>
public sealed class StageFixture : IAsyncDisposable
{
    private readonly Lazy<Task<Stage>> _opened = new(Stage.Open);

    public Task<Stage> Get() => _opened.Value;

    public async ValueTask DisposeAsync()
    {
        if (_opened.IsValueCreated)
        {
            await (await _opened.Value).DisposeAsync();
        }
    }
}
