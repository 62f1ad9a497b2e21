#include "hourglass/io/run_folder.hpp"

#include "file_kind.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "hourglass/io/png.hpp"
#include "quote.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <regex>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

namespace fs = std::filesystem;

constexpr const char *current = ".current", *epochs = ".epochs", *lock_name = ".lock", *linked = ".link",
                     *before = "before";

[[noreturn]] void fail(const fs::path& file, std::string_view what, int code) {
    throw error(fmt::format("{}: {}: {}", shown(file), what, std::strerror(code)));
}
std::string random_name() { return fmt::format("{:08x}", std::random_device()()); }

// Makes a change safe from power cuts. File systems that cannot do so report EINVAL.
void flush(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) fail(folder, "cannot be opened to be flushed to the disk", errno);
    const int fault = ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
    ::close(descriptor);
    if (fault != 0) fail(folder, "cannot be flushed to the disk", fault);
}

// Does not follow links, which anybody may have created.
fs::file_type type_of(const fs::path& name) {
    std::error_code code;
    return fs::symlink_status(name, code).type();
}
std::string target_of(const fs::path& link) {
    std::error_code code;
    return fs::read_symlink(link, code).string();
}
std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code code;
    for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
        found.push_back(at->path());
    return found;
}
// Recognises unfinished files of atomic_file, .NAME.PROCESS-NUMBER.tmp, unless another live process may still finish
// them.
bool is_left_over(const std::string& name) {
    static const std::regex pattern(R"(\..+\.([0-9]{1,9})-[0-9]+\.tmp)");
    std::smatch found;
    if (!std::regex_match(name, found, pattern)) return false;
    const pid_t process = std::stoi(found[1]);
    return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

// A second name for a file.
void link_file(const fs::path& from, const fs::path& to) {
    if (::link(from.c_str(), to.c_str()) != 0)
        fail(from, fmt::format("cannot be given the second name {}", shown(to)), errno);
}
// Replaces whatever has a name by a link, in one step.
void put_link(const fs::path& name, const fs::path& target, const fs::path& spare) {
    ::unlink(spare.c_str());
    if (::symlink(target.c_str(), spare.c_str()) != 0)
        fail(name, "no symbolic link can be made here; choose a folder on another file system", errno);
    if (::rename(spare.c_str(), name.c_str()) != 0) {
        const int fault = errno;
        ::unlink(spare.c_str());
        fail(name, "cannot be put in place", fault);
    }
}

}

run_folder::run_folder(fs::path folder, std::string run) : folder_(std::move(folder)), run_(std::move(run)) {
    make_folder(folder_);
    take();
    clear();
}

run_folder::~run_folder() {
    std::error_code ignored;
    if (!staged_.empty()) fs::remove_all(folder_ / epochs / staged_, ignored);
}
run_folder::descriptor::~descriptor() {
    if (number >= 0) ::close(number);
}

// The lock ends with the process, however it ends.
void run_folder::take() {
    const fs::path name = folder_ / lock_name;
    lock_.number = ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (lock_.number < 0) fail(name, "the folder cannot be written to", errno);
    if (::flock(lock_.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        char text[32] = {};
        const ssize_t size = ::pread(lock_.number, text, sizeof text - 1, 0);
        const std::string process(text, size > 0 ? std::strcspn(text, "\n") : 0);
        throw error(
            fmt::format("{}: in use: process {} writes its results there; wait for it, or choose another folder",
                        shown(folder_), process.empty() ? "(unknown)" : process));
    }
    const std::string mine = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock_.number, 0) != 0 || ::pwrite(lock_.number, mine.data(), mine.size(), 0) < 0)
        fail(name, "the folder cannot be written to", errno);
}

void run_folder::clear() {
    const fs::path all = folder_ / epochs;
    if (const fs::file_type type = type_of(all); type != fs::file_type::not_found && type != fs::file_type::directory)
        throw error(fmt::format("{}: expected a folder or nothing; move away what is there", shown(all)));
    for (const fs::path& name : {folder_ / current, folder_ / linked})
        if (const fs::file_type type = type_of(name);
            type != fs::file_type::not_found && type != fs::file_type::symlink)
            throw error(fmt::format("{}: expected a symbolic link or nothing; move away what is there", shown(name)));
    std::error_code ignored;
    for (const fs::path& name : entries_of(folder_))
        if (is_left_over(name.filename()) && type_of(name) == fs::file_type::regular) fs::remove(name, ignored);
    remove_old();
}

fs::path run_folder::begin(int epoch) {
    std::error_code code;
    if (!staged_.empty()) fs::remove_all(folder_ / epochs / staged_, code);
    epoch_ = epoch;
    kept_.clear();
    staged_ = fmt::format("{}-{}-{}", run_, epoch, random_name()); // a published epoch may have the same number
    const fs::path all = folder_ / epochs, made = all / staged_;
    if (::mkdir(all.c_str(), 0777) != 0 && (errno != EEXIST || type_of(all) != fs::file_type::directory))
        fail(all, "the folder cannot be made", errno);
    if (::mkdir(made.c_str(), 0777) != 0) fail(made, "the folder cannot be made", errno);
    return made;
}

void run_folder::keep(const std::string& name) {
    kept_.insert(name);
    link_file(folder_ / current / name, folder_ / epochs / staged_ / name);
}
void run_folder::keep_others() {
    for (const fs::path& file : entries_of(folder_ / current))
        if (type_of(folder_ / epochs / staged_ / file.filename()) == fs::file_type::not_found) keep(file.filename());
}
void run_folder::name_also(const std::string& name, const std::string& other) {
    const fs::path made = folder_ / epochs / staged_;
    link_file(made / name, made / other);
}

std::vector<std::string> run_folder::staged() const {
    std::vector<std::string> names;
    for (const fs::path& file : entries_of(folder_ / epochs / staged_)) {
        names.push_back(file.filename());
        if (type_of(file) != fs::file_type::regular)
            throw error(fmt::format("{}: expected plain files for an epoch, found {} that is none", shown(folder_),
                                    shown(names.back())));
        const fs::file_type type = type_of(folder_ / names.back());
        if (type != fs::file_type::not_found && type != fs::file_type::regular && type != fs::file_type::symlink)
            throw error(fmt::format("{}: expected a file or nothing, found {}; move it away, or choose another folder",
                                    shown(folder_ / names.back()), kind_of(type)));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void run_folder::publish() {
    const std::vector<std::string> names = staged();
    const fs::path made = folder_ / epochs / staged_;
    for (const std::string& name : names)
        if (fs::path(name).extension() == ".png" && !kept_.contains(name)) // kept files have their texts
            label_png(made / name, {{"run", run_}, {"epoch", std::to_string(epoch_)}});
    flush(made);
    flush(folder_ / epochs);
    adopt(names);
    for (const std::string& name : names) link(name);
    point_to(std::exchange(staged_, {}));
    remove_old();
}

void run_folder::adopt(const std::vector<std::string>& names) {
    if (type_of(folder_ / current) == fs::file_type::symlink) return;
    std::vector<std::string> plain;
    for (const std::string& name : names)
        if (type_of(folder_ / name) == fs::file_type::regular) plain.push_back(name);
    if (plain.empty()) return;
    const fs::path made = folder_ / epochs / before;
    std::error_code code;
    fs::remove_all(made, code);
    fs::create_directory(made, code);
    for (const std::string& name : plain) link_file(folder_ / name, made / name);
    flush(made);
    point_to(before);
}

void run_folder::link(const std::string& name) {
    const fs::path target = fs::path(current) / name;
    if (target_of(folder_ / name) != target) put_link(folder_ / name, target, folder_ / linked);
}

void run_folder::point_to(const std::string& epoch) {
    put_link(folder_ / current, fs::path(epochs) / epoch, folder_ / linked);
    flush(folder_);
}

// Removes epochs that nobody sees and links to files that no longer exist. What cannot be removed is left to the next
// run.
void run_folder::remove_old() {
    const std::string seen = fs::path(target_of(folder_ / current)).filename();
    std::error_code ignored;
    for (const fs::path& epoch : entries_of(folder_ / epochs))
        if (epoch.filename() != seen && epoch.filename() != staged_) fs::remove_all(epoch, ignored);
    for (const fs::path& name : entries_of(folder_)) {
        const std::string target = target_of(name);
        if (target.starts_with(std::string(current) + "/") && type_of(folder_ / target) == fs::file_type::not_found)
            fs::remove(name, ignored);
    }
}

}
