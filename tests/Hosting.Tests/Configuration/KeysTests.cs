using System.Security.Cryptography;

namespace CallCenter.Hosting.Tests.Configuration;

public sealed class KeysTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_wrapped_key_is_the_same_after_a_restart_and_each_is_new()
    {
        var wrapped = new TenantKeys(new DataFolder(_folder)).NewWrappedKey();
        var keys = new TenantKeys(new DataFolder(_folder));
        keys.Unwrap(wrapped).Length.ShouldBe(32);
        keys.Unwrap(wrapped).ShouldBe(keys.Unwrap(wrapped));
        keys.Unwrap(keys.NewWrappedKey()).ShouldNotBe(keys.Unwrap(wrapped));
    }

    [Fact]
    public void A_changed_or_foreign_key_is_refused()
    {
        var keys = new TenantKeys(new DataFolder(_folder));
        var wrapped = Convert.FromBase64String(keys.NewWrappedKey());
        wrapped[20] ^= 1;
        Should.Throw<CryptographicException>(() => keys.Unwrap(Convert.ToBase64String(wrapped)));
        Should.Throw<CryptographicException>(() => keys.Unwrap("no key"));
        var other = new TenantKeys(new DataFolder(Path.Combine(_folder, "other")));
        Should.Throw<CryptographicException>(() => keys.Unwrap(other.NewWrappedKey())).Message.ShouldContain("master.key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("päss wörd")]
    public void A_sealed_secret_is_opened_by_the_same_master_key_alone(string secret)
    {
        var keys = new TenantKeys(new DataFolder(_folder));
        var box = keys.Seal(secret);
        box.ShouldNotBe(keys.Seal(secret));
        new TenantKeys(new DataFolder(_folder)).Open(box).ShouldBe(secret);
        var other = new TenantKeys(new DataFolder(Path.Combine(_folder, "other")));
        Should.Throw<CryptographicException>(() => other.Open(box)).Message.ShouldContain("master.key");
        Should.Throw<CryptographicException>(() => keys.Open("no box"));
        Should.Throw<CryptographicException>(() => keys.Open(keys.NewWrappedKey()));
        Should.Throw<CryptographicException>(() => keys.Unwrap(box));
    }

    [Fact]
    public void Key_files_are_the_owners_alone_and_a_damaged_one_is_told()
    {
        var data = new DataFolder(_folder);
        _ = new TenantKeys(data);
        var file = data.Path("keys", "master.key");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllBytes(file, [1, 2, 3]);
        Should.Throw<InvalidDataException>(() => new TenantKeys(data)).Message.ShouldContain("master.key");
    }

    [Fact]
    public void The_data_folder_keeps_paths_inside_and_one_process_at_a_time()
    {
        var data = new DataFolder(_folder);
        Should.Throw<ArgumentException>(() => data.Path("..", "outside"));
        using (data.Lock("lock"))
        {
            Should.Throw<IOException>(() => data.Lock("lock")).Message.ShouldContain("in use by another process");
        }
        data.Lock("lock").Dispose();
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused_with_advice()
    {
        var data = new DataFolder(_folder);
        File.WriteAllText(data.Path("file"), "");
        Should.Throw<IOException>(() => new DataFolder(data.Path("file"))).Message.ShouldContain("--data");
    }
}
