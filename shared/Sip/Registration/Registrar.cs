using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Registration;

/// <summary>A registered contact: where a user's phone is and the flow its REGISTER came by.</summary>
public sealed record Binding(string User, string Domain, string Contact, SipFlow Flow, DateTimeOffset ExpiresAt, string CallId, uint CSeq, string? UserAgent);

public enum RegistrationChangeKind
{
    Added,
    Refreshed,
    Removed,
    Expired,
}

/// <summary>A change of one binding.</summary>
public readonly record struct RegistrationChange(string User, Binding Binding, RegistrationChangeKind Kind);

/// <summary>A UDP contact of an earlier process: its phone need not register again.</summary>
public sealed record SavedBinding(string User, string Domain, string Contact, IPEndPoint Remote, DateTimeOffset ExpiresAt, string CallId, uint CSeq, string? UserAgent);

/// <summary>Settings of a registrar.</summary>
public sealed record RegistrarOptions
{
    /// <summary>Realm of the challenge.</summary>
    public required string Realm { get; init; }

    /// <summary>HA1 by user name, null for an unknown user.</summary>
    public required Func<string, Ha1?> Credentials { get; init; }

    /// <summary>See <see cref="DigestAuthenticator.Algorithms"/>.</summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>Shorter registrations get 423. Default 60 s.</summary>
    public int MinExpiresSeconds { get; init; } = 60;

    /// <summary>Longer ones are shortened. Default 3,600 s.</summary>
    public int MaxExpiresSeconds { get; init; } = 3600;

    /// <summary>When the phone asks for none. Default 300 s.</summary>
    public int DefaultExpiresSeconds { get; init; } = 300;

    /// <summary>Contacts of one user: a further one takes the place of that refreshed longest ago; more in one request get 403. Default 8.</summary>
    public int BindingsPerUserMax { get; init; } = 8;

    /// <summary>Contacts in all; more get 503. Default 100,000.</summary>
    public int BindingsMax { get; init; } = 100_000;
}

/// <summary>A registrar's answer to a REGISTER.</summary>
internal readonly record struct RegisterReply(int Code, IReadOnlyList<SipHeader> Headers);

/// <summary>
/// Address of record (the user part of To) to contacts (RFC 3261 section 10.3), in memory. A REGISTER is checked by digest; its user must be the AOR's.
/// <see cref="Find"/> may be called from any thread.
/// </summary>
public sealed class Registrar
{
    private readonly RegistrarOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Binding[]> bindings = new(StringComparer.Ordinal);
    private readonly Lock gate = new(); // writers only: the loop, and Remove from any thread
    private int count;

    public Registrar(RegistrarOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        Authenticator = new DigestAuthenticator(options.Realm, options.Credentials, time) { Algorithms = options.Algorithms };
    }

    /// <summary>Told of each change: on the endpoint's loop, or on the thread that calls <see cref="Remove"/>.</summary>
    public Action<RegistrationChange>? Changed { get; set; }

    /// <summary>The same credentials for other requests of the phones.</summary>
    public DigestAuthenticator Authenticator { get; }

    /// <summary>All live contacts.</summary>
    public IReadOnlyList<Binding> All => [.. bindings.Values.SelectMany(held => held).Where(b => b.ExpiresAt > time.GetUtcNow())];

    /// <summary>Live bindings in all.</summary>
    public int Count => count;

    /// <summary>The live contacts of a user, the newest first; empty when there is none.</summary>
    public IReadOnlyList<Binding> Find(string user) =>
        bindings.TryGetValue(user, out var found) ? [.. found.Where(b => b.ExpiresAt > time.GetUtcNow())] : [];

    /// <summary>Ends a user's registrations: the account is gone or its password changed.</summary>
    public void Remove(string user)
    {
        Binding[] gone;
        lock (gate)
        {
            gone = Held(user);
            Store(user, []);
        }

        foreach (var binding in gone)
        {
            Changed?.Invoke(new RegistrationChange(user, binding, RegistrationChangeKind.Removed));
        }
    }

    /// <summary>Takes a binding of an earlier process, unless it has expired or the phone registered meanwhile.</summary>
    internal void Restore(Binding binding)
    {
        if (binding.ExpiresAt > time.GetUtcNow() && !Held(binding.User).Any(b => b.Contact == binding.Contact) && count < options.BindingsMax)
        {
            Store(binding.User, [.. Held(binding.User), binding]);
            Changed?.Invoke(new RegistrationChange(binding.User, binding, RegistrationChangeKind.Added));
        }
    }

    /// <summary>Handles a REGISTER on the loop (RFC 3261 section 10.3, steps 3 to 8).</summary>
    internal RegisterReply Handle(SipMessage request, SipFlow flow)
    {
        if (request.Address(HeaderId.To) is not { Uri.Scheme: "sip" or "sips" } aor)
        {
            return new RegisterReply(400, []); // RFC 3261 section 10.2: an address of record is a SIP URI
        }

        var check = Authenticator.Check(request);
        if (!check.IsValid)
        {
            return new RegisterReply(401, Authenticator.Challenge(check.IsStale));
        }

        if (aor.Uri.User != check.User)
        {
            return new RegisterReply(403, []);
        }

        var contacts = request.GetAll(HeaderId.Contact);
        if (contacts.Contains("*"))
        {
            return RemoveAll(request, check.User, contacts.Count);
        }

        var changes = new List<(Binding Binding, int Expires)>();
        foreach (var contact in contacts)
        {
            var refusal = Plan(request, flow, aor, contact, changes);
            if (refusal is not null)
            {
                return refusal.Value;
            }
        }

        return Commit(check.User, changes);
    }

    /// <summary>Takes expired bindings out; called each second by the loop.</summary>
    internal void Expire()
    {
        var now = time.GetUtcNow();
        foreach (var (user, seen) in bindings)
        {
            if (Array.Exists(seen, b => b.ExpiresAt <= now))
            {
                Expire(user, now);
            }
        }
    }

    private void Expire(string user, DateTimeOffset now)
    {
        Binding[] held;
        lock (gate)
        {
            held = Held(user);
            Store(user, [.. held.Where(b => b.ExpiresAt > now)]);
        }

        foreach (var gone in held.Where(b => b.ExpiresAt <= now))
        {
            Changed?.Invoke(new RegistrationChange(user, gone, RegistrationChangeKind.Expired));
        }
    }

    private RegisterReply? Plan(SipMessage request, SipFlow flow, NameAddress aor, string contact, List<(Binding Binding, int Expires)> changes)
    {
        if (!NameAddress.TryParse(contact, out var address) || address.Uri.Scheme is not ("sip" or "sips"))
        {
            return new RegisterReply(400, []);
        }

        var asked = address.Parameter("expires") ?? request.Get(HeaderId.Expires);
        var expires = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : options.DefaultExpiresSeconds;
        if (expires > 0 && expires < options.MinExpiresSeconds)
        {
            return new RegisterReply(423, [new SipHeader("Min-Expires", options.MinExpiresSeconds.ToString(CultureInfo.InvariantCulture))]);
        }

        expires = Math.Min(expires, options.MaxExpiresSeconds);
        var user = aor.Uri.User;
        if (IsOld(request, user, address.UriText))
        {
            return new RegisterReply(500, []);
        }

        var until = time.GetUtcNow().AddSeconds(expires);
        changes.Add((new Binding(user, aor.Uri.Host, address.UriText, flow, until, request.CallId, request.CSeq, request.Get(HeaderId.UserAgent)), expires));
        return null;
    }

    // Step 7: a request of the same Call-ID must have a higher CSeq; all of the request fails otherwise.
    private bool IsOld(SipMessage request, string user, string contact) =>
        Held(user).Any(b => b.Contact == contact && b.CallId == request.CallId && b.CSeq >= request.CSeq);

    private RegisterReply Commit(string user, List<(Binding Binding, int Expires)> changes)
    {
        var told = new List<RegistrationChange>();
        lock (gate)
        {
            if (Merge(user, changes, told) is { } refusal)
            {
                return refusal;
            }
        }

        told.ForEach(change => Changed?.Invoke(change));
        return Listing(user);
    }

    private RegisterReply? Merge(string user, List<(Binding Binding, int Expires)> changes, List<RegistrationChange> told)
    {
        var held = Held(user).ToList();
        foreach (var (binding, expires) in changes)
        {
            var removed = held.RemoveAll(b => b.Contact == binding.Contact) > 0;
            if (expires > 0)
            {
                held.Insert(0, binding);
            }

            if (expires > 0 || removed)
            {
                told.Add(new RegistrationChange(user, binding, expires == 0 ? RegistrationChangeKind.Removed : removed ? RegistrationChangeKind.Refreshed : RegistrationChangeKind.Added));
            }
        }

        if (changes.Count(c => c.Expires > 0) > options.BindingsPerUserMax)
        {
            return new RegisterReply(403, []);
        }

        // A phone that restarts leaves its old contact behind each time; it must not be locked out by its own past.
        while (held.Count > options.BindingsPerUserMax)
        {
            told.Add(new RegistrationChange(user, held[^1], RegistrationChangeKind.Removed));
            held.RemoveAt(held.Count - 1);
        }

        if (count + held.Count - Held(user).Length > options.BindingsMax)
        {
            return new RegisterReply(503, [new SipHeader("Retry-After", "60")]);
        }

        Store(user, [.. held]);
        return null;
    }

    // Step 6: "*" only alone and with Expires 0.
    private RegisterReply RemoveAll(SipMessage request, string user, int contacts)
    {
        if (contacts != 1 || request.Get(HeaderId.Expires) != "0")
        {
            return new RegisterReply(400, []);
        }

        if (Held(user).Any(b => b.CallId == request.CallId && b.CSeq >= request.CSeq))
        {
            return new RegisterReply(500, []);
        }

        Remove(user);
        return Listing(user);
    }

    // Step 8: all current bindings with their remaining seconds.
    private RegisterReply Listing(string user)
    {
        var now = time.GetUtcNow();
        var contacts = Find(user).Select(b =>
            new SipHeader("Contact", string.Create(CultureInfo.InvariantCulture, $"<{b.Contact}>;expires={(int)Math.Ceiling((b.ExpiresAt - now).TotalSeconds)}")));
        return new RegisterReply(200, [.. contacts, new SipHeader("Date", now.ToString("R", CultureInfo.InvariantCulture))]);
    }

    private Binding[] Held(string user) => bindings.TryGetValue(user, out var held) ? held : [];

    private void Store(string user, Binding[] next)
    {
        Interlocked.Add(ref count, next.Length - Held(user).Length);
        if (next.Length == 0)
        {
            bindings.TryRemove(user, out _);
        }
        else
        {
            bindings[user] = next;
        }
    }
}
